import { type Fault, showValue } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { expectedName, isRosName } from '../../core/config/rosNames.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { XS_PACKAGE } from '../../adapters/messages/xsMessages.ts';
import { commandTopics, JOINT_PLACEHOLDER } from '../../core/config/commandTopics.ts';
import type { recorderParameters } from './parameters.ts';

/** As a topic is listened to; also what its bag says of it. */
export type Delivery = 'best_effort' | 'reliable' | 'latched';

export type RecordedTopic = {
  readonly name: string;
  readonly type: string;
  readonly delivery: Delivery;
  /** Images that become JPEG. */
  readonly toJpeg?: boolean;
  /** Left out where its type is not there: who lacks it has no sink that sends it either. */
  readonly isOptional?: boolean;
};

type RecorderConfig = Pick<
  Config<typeof recorderParameters>,
  'robot' | 'camerasTopics' | 'camerasTransports' | 'images' | 'observations' | 'extraTopics'
>;

/** Whatever goes through the pipeline, and how the arm moved. */
const PIPELINE: readonly RecordedTopic[] = [
  { name: 'joint_states', type: 'sensor_msgs/msg/JointState', delivery: 'best_effort' },
  { name: 'instruction', type: 'std_msgs/msg/String', delivery: 'latched' },
  { name: 'plan', type: 'st4vla_ros/msg/SpatialPlan', delivery: 'reliable' },
  { name: 'action_chunk', type: 'st4vla_ros/msg/ActionChunk', delivery: 'reliable' },
  { name: 'epoch', type: 'st4vla_ros/msg/Epoch', delivery: 'latched' },
  { name: 'execution_state', type: 'st4vla_ros/msg/ExecutionState', delivery: 'reliable' },
  { name: 'episode_state', type: 'st4vla_ros/msg/EpisodeState', delivery: 'latched' },
];

/** Whatever the sinks send by default; the goals of a gripper's action are not on a topic. */
function commands(robot: string): RecordedTopic[] {
  const { trajectory, forward, xsSdk, servoPose, gz } = commandTopics;
  const { armJoints = [], fingerJoints = [] } =
    EMBODIMENTS.find(({ name }) => name === robot) ?? {};
  const names: [type: string, ...names: string[]][] = [
    ['trajectory_msgs/msg/JointTrajectory', ...Object.values(trajectory)],
    ['std_msgs/msg/Float64MultiArray', ...Object.values(forward)],
    [`${XS_PACKAGE}/msg/JointGroupCommand`, xsSdk.group],
    [`${XS_PACKAGE}/msg/JointTrajectoryCommand`, xsSdk.trajectory],
    [`${XS_PACKAGE}/msg/JointSingleCommand`, xsSdk.gripper],
    ['geometry_msgs/msg/PoseStamped', servoPose.arm],
    [
      'std_msgs/msg/Float64',
      ...[...armJoints, ...fingerJoints].map((joint) => gz.joint.replace(JOINT_PLACEHOLDER, joint)),
    ],
  ];
  return names.flatMap(([type, ...all]) => {
    const isOptional = type.startsWith(`${XS_PACKAGE}/`);
    return all.map((name): RecordedTopic => ({ name, type, delivery: 'reliable', isOptional }));
  });
}

/** All topics that a recording has; everything that is wrong with the parameters goes to `faults`. */
export function recordedTopics(
  config: RecorderConfig,
  source: string,
  faults: Fault[],
): RecordedTopic[] {
  const { robot, camerasTopics, camerasTransports, images, observations, extraTopics } = config;
  if (camerasTopics.length !== camerasTransports.length) {
    const expected = `${camerasTopics.length} elements as in cameras.topics`;
    const found = `${camerasTransports.length}`;
    faults.push({ source, field: 'cameras.transports', expected, found });
  }
  const topics = [
    ...camerasTopics.map((name, i) => camera(name, camerasTransports[i] === 'raw', images)),
    ...PIPELINE,
    ...commands(robot),
  ];
  if (observations) {
    const type = 'st4vla_ros/msg/Observation';
    topics.push({ name: 'observation', type, delivery: 'best_effort' });
  }
  for (const text of extraTopics.split(',').map((one) => one.trim())) {
    if (text === '') continue;
    const [, name = '', type = ''] = /^(\S+)\s+(\w+\/msg\/\w+)$/.exec(text) ?? [];
    if (isRosName('topic', name)) {
      const isLatched = name.endsWith('_static');
      topics.push({ name, type, delivery: isLatched ? 'latched' : 'best_effort' });
    } else {
      const rule = name === '' ? '' : `, the topic ${expectedName('topic')}`;
      const expected = `\`topic package/msg/Type\`${rule}`;
      faults.push({ source, field: 'extra_topics', expected, found: showValue(text) });
    }
  }
  return topics;
}

function camera(name: string, isRaw: boolean, images: RecorderConfig['images']): RecordedTopic {
  const type = isRaw ? 'sensor_msgs/msg/Image' : 'sensor_msgs/msg/CompressedImage';
  return { name, type, delivery: 'best_effort', toJpeg: isRaw && images === 'jpeg' };
}

/** As rosbag2 writes it up to version 8 of metadata.yaml. */
export function qosYaml(delivery: Delivery): string {
  const forever = { sec: 9223372036, nsec: 854775807 };
  const duration = `\n    sec: ${forever.sec}\n    nsec: ${forever.nsec}`;
  return [
    '- history: 1',
    `  depth: ${delivery === 'latched' ? 1 : 10}`,
    `  reliability: ${delivery === 'best_effort' ? 2 : 1}`,
    `  durability: ${delivery === 'latched' ? 1 : 2}`,
    `  deadline:${duration}`,
    `  lifespan:${duration}`,
    '  liveliness: 1',
    `  liveliness_lease_duration:${duration}`,
    '  avoid_ros_namespace_conventions: false',
  ].join('\n');
}
