import { join } from 'node:path';
import type { Json, Peer } from './Peer.ts';
import { root } from './RosSession.ts';

export const ARM_JOINTS = [
  'waist',
  'shoulder',
  'elbow',
  'forearm_roll',
  'wrist_angle',
  'wrist_rotate',
];
export const HOME = [-0.018, 0.04, 0.222, -0.005, 1.365, 0.002];
export const tinyModel = join(root, 'test', 'fixtures', 'tiny-model');

/** ROS arguments that set parameters: `-p name:=value` for each. */
export function given(...parameters: string[]): string[] {
  return parameters.flatMap((parameter) => ['-p', parameter]);
}

const common = given('robot:=widowx', 'diagnostics_period:=0.2');

export function perceptionArgumentsFor(topic: string, transport: 'raw' | 'compressed'): string[] {
  const cameras = [
    'cameras.names:=[front]',
    `cameras.topics:=[${topic}]`,
    `cameras.transports:=[${transport}]`,
  ];
  return [...common, ...given(`model:=${tinyModel}`, ...cameras)];
}

export const perceptionArguments = perceptionArgumentsFor('camera/front/image_raw', 'raw');
export function policyArgumentsFor(model: string): string[] {
  return [...common, ...given(`model:=${model}`)];
}

export const policyArguments = policyArgumentsFor(tinyModel);

export function controllerArgumentsFor(sink: string): string[] {
  // A busy machine sends joint states late, and an arm that is played by a test moves as it is told.
  return [...common, ...given(`sink:=${sink}`, 'stale_after:=1.0', 'following.time:=0.0')];
}

/** So many ticks forward by 2 mm each, with the gripper open. */
export function forwardChunk(epoch: number, changes: Json = {}): Json {
  const rows = 16;
  return {
    chunk_id: 7,
    epoch,
    control_period: 0.2,
    horizon: rows,
    dim: 7,
    actions: Array.from({ length: rows }, () => [0.002, 0, 0, 0, 0, 0, 1]).flat(),
    ...changes,
  };
}

export const controllerArguments = controllerArgumentsFor('joint_trajectory');
export const simulatorArguments = common;

/** As a driver sends it: in an order of its own, with joints that nobody asked for. */
export const jointState: Json = {
  name: ['right_finger', ...ARM_JOINTS.toReversed(), 'left_finger', 'head_pan'],
  position: [-0.037, ...HOME.toReversed(), 0.037, 0],
};

/** As a camera of 640 × 480 sends it. */
export function picture(value: number, changes: Json = {}): Json {
  const data = { fill: value, length: 640 * 480 * 3 };
  return { width: 640, height: 480, encoding: 'rgb8', step: 1920, data, ...changes };
}

/** For tests in which the size of pictures does not matter. */
export const smallPicture: Json = {
  width: 64,
  height: 48,
  encoding: 'rgb8',
  step: 192,
  data: { fill: 100, length: 64 * 48 * 3 },
};

export async function streamJoints(peer: Peer): Promise<void> {
  await peer.stream('/joint_states', 'sensor_msgs/msg/JointState', jointState, 50, 'sensor');
}

export async function streamPictures(peer: Peer, message: Json): Promise<void> {
  await peer.stream('/camera/front/image_raw', 'sensor_msgs/msg/Image', message, 30, 'sensor');
}
