import type {
  UrdfGeometry,
  UrdfLink,
  UrdfModel,
  UrdfMovableJoint,
} from '../../core/kinematics/UrdfModel.ts';
import type { Pose } from '../../core/math/types.ts';
import type { BodyModel } from './bodies.ts';
import { isSupportKind } from './bodies.ts';

export const TIMESTEP_SEC = 0.004;

/**
 * What a servo adds to the URDF: stiffness and damping of its position loop, and the inertia of
 * its gear train at the output. Gravity is compensated, as the arm's firmware and gains do within
 * a few millimetres.
 */
const ARM_SERVO = { stiffness: 200, damping: 6, armature: 0.02 } as const;
const FINGER_SERVO = { stiffness: 1200, damping: 40, armature: 0.05 } as const;

/** Contact groups: the arm meets objects and table, not itself. */
const ARM_CONTACT = 'contype="2" conaffinity="1"';
const OBJECT_CONTACT = 'contype="1" conaffinity="1" condim="4" priority="1" friction="1 .01 .0003"';

/** The body of object `index` of a scene. */
export function objectBodyName(index: number): string {
  return `object_${index}`;
}

/**
 * The MuJoCo model of an arm at the origin of a table with objects on it. Kinematics, limits and
 * masses of the arm come from its URDF alone. Supports are mocap bodies: they stand where they are
 * put and do not move.
 */
export function buildMjcf(urdf: UrdfModel, objects: readonly BodyModel[]): string {
  const root = urdf.links.get(urdf.rootLink);
  if (root === undefined) throw new Error(`URDF ${urdf.name} has no link '${urdf.rootLink}'`);
  return `<mujoco model="${urdf.name}">
<compiler angle="radian" autolimits="true"/>
<option timestep="${TIMESTEP_SEC}" integrator="implicitfast" cone="elliptic" impratio="10" noslip_iterations="3"/>
<size memory="8M"/>
<worldbody>
<geom name="table" type="plane" size="1 1 .1" ${OBJECT_CONTACT}/>
${linkBody(urdf, root, '', '')}
${objects.map(objectBody).join('\n')}
</worldbody>
<equality>${movableJoints(urdf).map(mimicEquality).join('')}</equality>
<actuator>
${movableJoints(urdf).map(servo).join('\n')}
</actuator>
</mujoco>`;
}

function movableJoints(urdf: UrdfModel): UrdfMovableJoint[] {
  return [...urdf.joints.values()].filter((joint) => joint.type !== 'fixed');
}

function linkBody(urdf: UrdfModel, link: UrdfLink, pose: string, joint: string): string {
  const children = [...urdf.joints.values()]
    .filter((candidate) => candidate.parent === link.name)
    .map((child) => {
      const childLink = urdf.links.get(child.child);
      if (childLink === undefined) throw new Error(`joint '${child.name}' has no child link`);
      const at = poseAttributes(child.parentFromJoint);
      return linkBody(urdf, childLink, at, child.type === 'fixed' ? '' : jointElement(child));
    });
  const geoms = link.collisions.map(
    (c) =>
      `<geom ${geometryAttributes(c.geometry)} ${poseAttributes(c.linkFromShape)} mass="0" ${ARM_CONTACT}/>`,
  );
  return `<body name="${link.name}" ${pose} gravcomp="1">${joint}${inertial(link)}${geoms.join('')}
${children.join('\n')}</body>`;
}

function jointElement(joint: UrdfMovableJoint): string {
  const { limit } = joint;
  const servoData = joint.type === 'prismatic' ? FINGER_SERVO : ARM_SERVO;
  const type = joint.type === 'prismatic' ? 'slide' : 'hinge';
  return (
    `<joint name="${joint.name}" type="${type}" axis="${joint.axis.join(' ')}" ` +
    `range="${limit.lower} ${limit.upper}" damping="${joint.damping}" ` +
    `armature="${servoData.armature}"/>`
  );
}

function inertial(link: UrdfLink): string {
  if (link.inertial === undefined) return '';
  const { linkFromCom, massKg, inertia } = link.inertial;
  return `<inertial ${positionAttribute(linkFromCom)} mass="${massKg}" fullinertia="${inertia.join(' ')}"/>`;
}

function servo(joint: UrdfMovableJoint): string {
  if (joint.mimic !== undefined) return '';
  const { limit } = joint;
  const { stiffness, damping } = joint.type === 'prismatic' ? FINGER_SERVO : ARM_SERVO;
  return (
    `<position name="${joint.name}" joint="${joint.name}" kp="${stiffness}" kv="${damping}" ` +
    `ctrlrange="${limit.lower} ${limit.upper}" forcerange="${-limit.effort} ${limit.effort}"/>`
  );
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
