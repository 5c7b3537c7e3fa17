import type { Json } from './Peer.ts';
import { newestPoint } from './newestPoint.ts';
import { ARM_JOINTS } from './widowx.ts';

const TRAJECTORY = 'trajectory_msgs/msg/JointTrajectory';
/** Numbers that go through a float32, rad. */
const FLOAT32 = 3e-7;
/** The driver's own order of joints. */
export const DRIVER_ORDER = ARM_JOINTS.toReversed();

/** A controller with its sink, and how its commands are read back. */
export type Arm = {
  readonly namespace: string;
  readonly parameters: readonly string[];
  /** Topics that are watched, each with its type. */
  readonly topics: readonly (readonly [string, string])[];
  /** Joint positions, in the arm's order, of the k-th message since the beginning. */
  joints?(topicMessages: readonly (readonly Json[])[], k: number): number[];
  /** Most difference to the others, rad. */
  readonly tolerance: number;
  /** Positions of the finger joint, as they were sent. */
  fingers?(topicMessages: readonly (readonly Json[])[]): number[];
};

const float64 = 'std_msgs/msg/Float64';
export const arms: Readonly<Record<string, Arm>> = {
  joint_trajectory: {
    namespace: '/jt',
    parameters: ['sink:=joint_trajectory'],
    topics: [
      ['arm_controller/joint_trajectory', TRAJECTORY],
      ['gripper_controller/joint_trajectory', TRAJECTORY],
    ],
    joints: ([arm], k) => newestPoint(arm![k]).positions,
    fingers: ([, hand]) => hand!.map((message) => newestPoint(message).positions[0]),
    tolerance: 0,
  },
  'joint_trajectory of one point': {
    namespace: '/jt_point',
    parameters: [
      'sink:=joint_trajectory',
      'joint_trajectory.end_at_rest:=false',
      'joint_trajectory.arm_topic:=my/arm',
    ],
    topics: [
      ['my/arm', TRAJECTORY],
      ['gripper_controller/joint_trajectory', TRAJECTORY],
    ],
    joints: ([arm], k) => newestPoint(arm![k]).positions,
    fingers: ([, hand]) => hand!.map((message) => newestPoint(message).positions[0]),
    tolerance: 0,
  },
  forward_command: {
    namespace: '/forward',
    parameters: ['sink:=forward_command'],
    topics: [
      ['forward_position_controller/commands', 'std_msgs/msg/Float64MultiArray'],
      ['gripper_position_controller/commands', 'std_msgs/msg/Float64MultiArray'],
    ],
    joints: ([arm], k) => arm![k].data,
    fingers: ([, hand]) => hand!.map(({ data }) => data[0]),
    tolerance: 0,
  },
  gz: {
    namespace: '/gz',
    parameters: ['sink:=gz'],
    topics: [...ARM_JOINTS, 'left_finger', 'right_finger'].map(
      (name) => [`joint/${name}/cmd_pos`, float64] as const,
    ),
    joints: (topics, k) => ARM_JOINTS.map((_, i) => topics[i]![k].data),
    fingers: (topics) =>
      topics[6]!.map(({ data }, k) => {
        // The right finger mirrors the left one.
        return topics[7]![k].data === -data ? data : NaN;
      }),
    tolerance: 0,
  },
  'servo_pose, gripper by forward_command': {
    namespace: '/servo',
    parameters: ['sink:=servo_pose', 'gripper_sink:=forward_command', 'servo_pose.frame:=table'],
    topics: [
      ['servo_node/pose_target_cmds', 'geometry_msgs/msg/PoseStamped'],
      ['gripper_position_controller/commands', 'std_msgs/msg/Float64MultiArray'],
    ],
    fingers: ([, hand]) => hand!.map(({ data }) => data[0]),
    tolerance: 0,
  },
  xs_sdk: {
    namespace: '/xs',
    parameters: ['sink:=xs_sdk'],
    topics: [
      ['commands/joint_group', 'interbotix_xs_msgs/msg/JointGroupCommand'],
      ['commands/joint_single', 'interbotix_xs_msgs/msg/JointSingleCommand'],
    ],
    joints: ([arm], k) => byName(arm![k].cmd),
    fingers: ([, hand]) => hand!.map(({ cmd }) => cmd / 2),
    tolerance: FLOAT32,
  },
  'xs_sdk by trajectory, gripper by action': {
    namespace: '/xs_trajectory',
    parameters: [
      'sink:=xs_sdk',
      'xs_sdk.command:=trajectory',
      'gripper_sink:=gripper_command',
      'gripper_command.max_effort:=5.0',
    ],
    topics: [['commands/joint_trajectory', 'interbotix_xs_msgs/msg/JointTrajectoryCommand']],
    joints: ([arm], k) => byName(arm![k].traj.points[1].positions),
    tolerance: 0,
  },
};

function byName(ofDriver: readonly number[]): number[] {
  return ARM_JOINTS.map((name) => ofDriver[DRIVER_ORDER.indexOf(name)]!);
}
