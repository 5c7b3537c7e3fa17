import type {
  UrdfGeometry,
  UrdfLink,
  UrdfModel,
  UrdfMovableJoint,
} from '../../core/kinematics/UrdfModel.ts';
import type { Pose } from '../../core/math/types.ts';
import type { Servo, SimArm } from '../arms/SimArm.ts';
import type { BodyModel } from './BodyModel.ts';
import { isSupportKind } from './bodies.ts';
import type { GroundGeom } from './surroundings.ts';

export const TIMESTEP_SEC = 0.004;

/** Contact groups: the arm meets objects, table and furniture, not itself. */
const ARM_CONTACT = 'contype="2" conaffinity="1"';
/** Fingers that would meet each other, one of each side. */
const FINGER_CONTACTS = ['contype="10" conaffinity="1"', 'contype="2" conaffinity="9"'];
const SURFACE = 'condim="4" priority="1" friction="1 .01 .0003"';
const OBJECT_CONTACT = `contype="1" conaffinity="1" ${SURFACE}`;
/** Furniture meets arm and objects, not its own parts. */
const FURNITURE_CONTACT = `contype="1" conaffinity="2" ${SURFACE}`;

/** The parts of a world that stay when its objects change. */
export type WorldParts = {
  readonly urdf: UrdfModel;
  readonly servoOf: SimArm['servoOf'];
  /** Links of each finger, where the fingers meet each other; else empty. */
  readonly meetingFingers: readonly (readonly string[])[];
  readonly ground: readonly GroundGeom[];
  /** Stands at the origin until it is moved; its joints have no servos. */
  readonly furniture: UrdfModel | undefined;
};

/** The body of object `index` of a scene. */
export function objectBodyName(index: number): string {
  return `object_${index}`;
}

/**
 * The MuJoCo model of an arm at the origin of a table with objects on it. Kinematics, limits and
 * masses of the arm come from its URDF alone. Supports are mocap bodies: they stand where they are
 * put and do not move.
 */
export function buildMjcf(parts: WorldParts, objects: readonly BodyModel[]): string {
  const { urdf, ground, furniture } = parts;
  const root = urdf.links.get(urdf.rootLink);
  if (root === undefined) throw new Error(`URDF ${urdf.name} has no link '${urdf.rootLink}'`);
  return `<mujoco model="${urdf.name}">
<compiler angle="radian" autolimits="true"/>
<option timestep="${TIMESTEP_SEC}" integrator="implicitfast" cone="elliptic" impratio="10" noslip_iterations="3"/>
<size memory="8M"/>
<worldbody>
${ground.map(groundGeom).join('\n')}
${linkBody(urdf, root, '', '', (child) => armDetails(parts, child))}
${furniture === undefined ? '' : furnitureBody(furniture)}
${objects.map(objectBody).join('\n')}
</worldbody>
<equality>${movableJoints(urdf).map(mimicEquality).join('')}</equality>
<actuator>
${movableJoints(urdf)
  .map((joint) => servo(joint, parts.servoOf(joint)))
  .join('\n')}
</actuator>
</mujoco>`;
}

function movableJoints(urdf: UrdfModel): UrdfMovableJoint[] {
  return [...urdf.joints.values()].filter((joint) => joint.type !== 'fixed');
}

/** What the solver has to know about a link and the joint that it hangs on. */
type LinkDetails = { readonly contact: string; readonly joint: string };

function armDetails({ urdf, servoOf, meetingFingers }: WorldParts, link: UrdfLink): LinkDetails {
  const finger = meetingFingers.findIndex((links) => links.includes(link.name));
  const joint = jointAbove(urdf, link);
  return {
    contact: FINGER_CONTACTS[finger] ?? ARM_CONTACT,
    joint: joint === undefined ? '' : jointElement(joint, `armature="${servoOf(joint).armature}"`),
  };
}

function furnitureBody(furniture: UrdfModel): string {
  const root = furniture.links.get(furniture.rootLink);
  if (root === undefined) throw new Error(`${furniture.name} has no link '${furniture.rootLink}'`);
  return linkBody(furniture, root, '', '', (link) => {
    const joint = jointAbove(furniture, link);
    return {
      contact: FURNITURE_CONTACT,
      joint: joint === undefined ? '' : jointElement(joint, `frictionloss="${joint.friction}"`),
    };
  });
}

function jointAbove(urdf: UrdfModel, link: UrdfLink): UrdfMovableJoint | undefined {
  for (const joint of urdf.joints.values()) {
    if (joint.child === link.name) return joint.type === 'fixed' ? undefined : joint;
  }
  return undefined;
}

function linkBody(
  urdf: UrdfModel,
  link: UrdfLink,
  pose: string,
  joint: string,
  detailsOf: (link: UrdfLink) => LinkDetails,
): string {
  const children = [...urdf.joints.values()]
    .filter((candidate) => candidate.parent === link.name)
    .map((child) => {
      const childLink = urdf.links.get(child.child);
      if (childLink === undefined) throw new Error(`joint '${child.name}' has no child link`);
      const at = poseAttributes(child.parentFromJoint);
      return linkBody(urdf, childLink, at, detailsOf(childLink).joint, detailsOf);
    });
  const { contact } = detailsOf(link);
  const geoms = link.collisions.map(
    (c) =>
      `<geom ${geometryAttributes(c.geometry)} ${poseAttributes(c.linkFromShape)} mass="0" ${contact}/>`,
  );
  return `<body name="${link.name}" ${pose} gravcomp="1">${joint}${inertial(link)}${geoms.join('')}
${children.join('\n')}</body>`;
}

function jointElement(joint: UrdfMovableJoint, extra: string): string {
  const { limit } = joint;
  const type = joint.type === 'prismatic' ? 'slide' : 'hinge';
  return (
    `<joint name="${joint.name}" type="${type}" axis="${joint.axis.join(' ')}" ` +
    `range="${limit.lower} ${limit.upper}" damping="${joint.damping}" ${extra}/>`
  );
}

function inertial(link: UrdfLink): string {
  if (link.inertial === undefined) return '';
  const { linkFromCom, massKg, inertia } = link.inertial;
  return `<inertial ${positionAttribute(linkFromCom)} mass="${massKg}" fullinertia="${inertia.join(' ')}"/>`;
}

function servo(joint: UrdfMovableJoint, { stiffness, damping }: Servo): string {
  if (joint.mimic !== undefined) return '';
  const { limit } = joint;
  return (
    `<position name="${joint.name}" joint="${joint.name}" kp="${stiffness}" kv="${damping}" ` +
    `ctrlrange="${limit.lower} ${limit.upper}" forcerange="${-limit.effort} ${limit.effort}"/>`
  );
}

function groundGeom({ name, type, size, position }: GroundGeom): string {
  const where = `size="${size.join(' ')}" pos="${position.join(' ')}"`;
  return `<geom name="${name}" type="${type}" ${where} ${OBJECT_CONTACT}/>`;
}

function mimicEquality(joint: UrdfMovableJoint): string {
  if (joint.mimic === undefined) return '';
  const { joint: leader, multiplier, offset } = joint.mimic;
  return `<joint joint1="${joint.name}" joint2="${leader}" polycoef="${offset} ${multiplier} 0 0 0"/>`;
}

function objectBody(model: BodyModel, index: number): string {
  const geoms = model.collision.map(
    (part) =>
      `<geom type="${part.type}" size="${part.size.join(' ')}" pos="${part.position.join(' ')}" ` +
      `mass="${model.massKg / model.collision.length}" ${OBJECT_CONTACT}/>`,
  );
  const support = isSupportKind(model.kind);
  return (
    `<body name="${objectBodyName(index)}" ${support ? 'mocap="true"' : ''}>` +
    `${support ? '' : '<freejoint/>'}${geoms.join('')}</body>`
  );
}

function geometryAttributes(geometry: UrdfGeometry): string {
  switch (geometry.shape) {
    case 'box':
      return `type="box" size="${geometry.size.map((s) => s / 2).join(' ')}"`;
    case 'cylinder':
      return `type="cylinder" size="${geometry.radius} ${geometry.length / 2}"`;
    case 'sphere':
      return `type="sphere" size="${geometry.radius}"`;
  }
}

function positionAttribute(pose: Pose): string {
  return `pos="${pose.position.join(' ')}"`;
}

/** MuJoCo's quaternions start with w. */
function poseAttributes(pose: Pose): string {
  const [x, y, z, w] = pose.orientation;
  return `${positionAttribute(pose)} quat="${w} ${x} ${y} ${z}"`;
}
