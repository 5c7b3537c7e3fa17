import { gripperPositionOf, type Embodiment } from '../../core/embodiment/Embodiment.ts';
import type {
  UrdfJoint,
  UrdfLink,
  UrdfModel,
  UrdfMovableJoint,
} from '../../core/kinematics/UrdfModel.ts';
import { sdfGeometry, sdfInertial, sdfMaterial, sdfPose } from './sdfParts.ts';
import { xml, xmlValue, type XmlNode } from './xml.ts';

/** A turning joint of the world moves this much further to either side than the arm's. */
const TURN_MARGIN_RAD = 0.1;
/** A sliding joint, away from zero; towards zero it moves until there. */
const SLIDE_MARGIN_M = 0.001;
/**
 * Of each finger's joint, N. On the arm one motor moves both; here each goes by itself, and with the
 * URDF's 0.5 N a pair that holds something drifts sideways.
 */
const FINGER_FRICTION_N = 5;

/**
 * The arm as a model of Gazebo, fixed to the world at its base, with a position controller a joint and
 * a publisher of joint states. Kinematics, masses, speeds and shapes come from its URDF alone; the range of
 * each joint is wider (see `gazeboRange`), and the fingers have more friction. A link without mass becomes
 * a frame, since SDF gives every link one.
 */
export function gazeboArm(urdf: UrdfModel, embodiment: Embodiment): XmlNode {
  const links = [...urdf.links.values()];
  const joints = [...urdf.joints.values()];
  const parentJoint = new Map(joints.map((joint) => [joint.child, joint]));
  return xml(
    'model',
    { name: urdf.name },
    xml(
      'joint',
      { name: 'mount', type: 'fixed' },
      xmlValue('parent', 'world'),
      xmlValue('child', urdf.rootLink),
    ),
    links.map((link) => linkOrFrame(link, parentJoint.get(link.name))),
    joints.flatMap((joint) => jointElement(urdf, embodiment, joint)),
    xml(
      'plugin',
      {
        filename: 'gz-sim-joint-state-publisher-system',
        name: 'gz::sim::systems::JointStatePublisher',
      },
      xmlValue('topic', gazeboTopics.jointStates(urdf.name)),
    ),
    joints
      .filter((joint) => joint.type !== 'fixed')
      .map((joint) => positionController(urdf, joint, startOf(urdf, embodiment, joint))),
  );
}

/** Topics of Gazebo, by the name of the model. */
export const gazeboTopics = {
  jointStates: (model: string) => `/model/${model}/joint_state`,
  command: (model: string, joint: string) => `/model/${model}/joint/${joint}/0/cmd_pos`,
} as const;

/** The pose of a link is that of the joint which carries it, at joint position zero. */
function linkOrFrame(link: UrdfLink, joint: UrdfJoint | undefined): XmlNode {
  const pose = joint && sdfPose(joint.parentFromJoint, joint.parent);
  if (link.inertial === undefined)
    return xml('frame', { name: link.name, attached_to: joint?.parent ?? '' }, pose);
  const { linkFromCom, massKg, inertia } = link.inertial;
  return xml(
    'link',
    { name: link.name },
    pose,
    sdfInertial(linkFromCom, massKg, inertia),
    link.visuals.map(({ linkFromShape, geometry, color: [r, g, b] }, i) =>
      xml(
        'visual',
        { name: `visual_${i}` },
        sdfPose(linkFromShape),
        sdfGeometry(geometry),
        sdfMaterial([r, g, b]),
      ),
    ),
    link.collisions.map(({ linkFromShape, geometry }, i) =>
      xml('collision', { name: `collision_${i}` }, sdfPose(linkFromShape), sdfGeometry(geometry)),
    ),
  );
}

/** Nothing where the child is but a frame. */
function jointElement(urdf: UrdfModel, { fingerJoints }: Embodiment, joint: UrdfJoint): XmlNode[] {
  if (urdf.links.get(joint.child)?.inertial === undefined) return [];
  const type = joint.type;
  const ends = [
    xmlValue('parent', massiveLink(urdf, joint.parent)),
    xmlValue('child', joint.child),
  ];
  const friction = fingerJoints.includes(joint.name) ? FINGER_FRICTION_N : undefined;
  const axis = type === 'fixed' ? [] : [axisElement(joint, friction)];
  return [xml('joint', { name: joint.name, type }, ends, axis)];
}

/** The link that a frame is part of. */
function massiveLink(urdf: UrdfModel, name: string): string {
  if (urdf.links.get(name)?.inertial !== undefined) return name;
  const carrier = [...urdf.joints.values()].find(({ child }) => child === name);
  if (carrier?.type !== 'fixed') throw new Error(`URDF ${urdf.name}: link "${name}" has no mass`);
  return massiveLink(urdf, carrier.parent);
}

/**
 * Where a joint may be in the world. In Gazebo's default physics engine, dartsim, a joint that is
 * commanded by velocity and stands on its limit never leaves it (gz-sim#1684, dart#1683, dart#2422): no limit
 * may lie where the controller, which keeps to the URDF's limits, ever sends a joint.
 */
export function gazeboRange({ type, limit }: UrdfMovableJoint): { lower: number; upper: number } {
  const { lower, upper } = limit;
  if (type !== 'prismatic')
    return { lower: lower - TURN_MARGIN_RAD, upper: upper + TURN_MARGIN_RAD };
  return {
    lower: Math.min(lower - SLIDE_MARGIN_M, 0),
    upper: Math.max(upper + SLIDE_MARGIN_M, 0),
  };
}

function axisElement(joint: UrdfMovableJoint, friction = joint.friction): XmlNode {
  const { axis, limit, damping } = joint;
  const { lower, upper } = gazeboRange(joint);
  return xml(
    'axis',
    {},
    xmlValue('xyz', axis),
    xml(
      'limit',
      {},
      xmlValue('lower', lower),
      xmlValue('upper', upper),
      xmlValue('effort', limit.effort),
      xmlValue('velocity', limit.velocity),
    ),
    xml('dynamics', {}, xmlValue('damping', damping), xmlValue('friction', friction)),
  );
}

/**
 * By velocity: the physics engine finds the force, up to the joint's effort, so light links do not
 * shake and nothing sags, as with the servos of the real arm.
 */
function positionController(urdf: UrdfModel, joint: UrdfMovableJoint, start: number): XmlNode {
  const { velocity } = joint.limit;
  return xml(
    'plugin',
    {
      filename: 'gz-sim-joint-position-controller-system',
      name: 'gz::sim::systems::JointPositionController',
    },
    xmlValue('joint_name', joint.name),
    xmlValue('topic', gazeboTopics.command(urdf.name, joint.name)),
    xmlValue('use_velocity_commands', true),
    xmlValue('cmd_max', velocity),
    xmlValue('cmd_min', -velocity),
    xmlValue('initial_position', start),
  );
}

/** Home, with the gripper open; other joints at zero. */
function startOf(urdf: UrdfModel, embodiment: Embodiment, joint: UrdfMovableJoint): number {
  const { armJoints, homeJoints, gripper } = embodiment;
  if (joint.mimic !== undefined) {
    const { joint: leader, multiplier, offset } = joint.mimic;
    const followed = urdf.joints.get(leader);
    if (followed === undefined || followed.type === 'fixed')
      throw new Error(`URDF ${urdf.name}: "${joint.name}" follows no movable joint "${leader}"`);
    return multiplier * startOf(urdf, embodiment, followed) + offset;
  }
  if (joint.name === gripper.joint) return gripperPositionOf(gripper, 1);
  return homeJoints[armJoints.indexOf(joint.name)] ?? 0;
}
