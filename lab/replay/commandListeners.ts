import type { MessageType } from 'rclnodejs';
import type { BagMessage } from '../../adapters/bags/Bag.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { Pose } from '../../core/math/types.ts';
import type {
  JointGroupCommand,
  JointSingleCommand,
  JointTrajectoryCommand,
} from '../../adapters/messages/xsMessages.ts';
import { commandTopics, JOINT_PLACEHOLDER } from '../../core/config/commandTopics.ts';
import { newestCommand, type TrajectoryMessage } from '../../adapters/messages/trajectory.ts';
import { poseFromMessage } from '../../adapters/messages/geometry.ts';

/** Takes what someone who moves the arm was told. */
export type CommandTaker = {
  arm(positions: Float64Array, message: BagMessage): void;
  /** Position of the gripper's joint. */
  gripper(position: number, message: BagMessage): void;
  /** Pose of the end effector, where joints are left to the receiver. */
  pose(baseFromEe: Pose, message: BagMessage): void;
};

type Take = (content: never, message: BagMessage) => void;

/** How the messages on each topic that sinks send to are read; anything else in them is passed over. */
export function commandListeners(
  { armJoints, baseLink, gripper }: Embodiment,
  take: CommandTaker,
): readonly (readonly [topic: string, take: Take])[] {
  const { trajectory, forward, xsSdk, servoPose, gz } = commandTopics;
  const takeArm = (positions: ArrayLike<number>, message: BagMessage) => {
    if (positions.length === armJoints.length) take.arm(Float64Array.from(positions), message);
  };
  const takeGripper = ([position]: ArrayLike<number> & Iterable<number>, message: BagMessage) => {
    if (position !== undefined) take.gripper(position, message);
  };
  const latest = new Float64Array(armJoints.length).fill(NaN);
  return [
    [trajectory.arm, (content: TrajectoryMessage, m) => takeArm(targetOf(content, armJoints), m)],
    [
      trajectory.gripper,
      (content: TrajectoryMessage, m) => takeGripper(targetOf(content, [gripper.joint]), m),
    ],
    [forward.arm, ({ data }: MessageType<'std_msgs/msg/Float64MultiArray'>, m) => takeArm(data, m)],
    [
      forward.gripper,
      ({ data }: MessageType<'std_msgs/msg/Float64MultiArray'>, m) =>
        takeGripper(Float64Array.from(data), m),
    ],
    // The driver's group has the arm's joints in their order.
    [xsSdk.group, ({ cmd }: JointGroupCommand, m) => takeArm(cmd, m)],
    // The first of the two points is where the arm is expected to be.
    [
      xsSdk.trajectory,
      ({ traj }: JointTrajectoryCommand, m) =>
        takeArm(targetOf(traj, armJoints, traj.points.at(-1)), m),
    ],
    // The distance between the fingers, which is twice the position of one.
    [xsSdk.gripper, ({ cmd }: JointSingleCommand, m) => takeGripper([cmd / 2], m)],
    [
      servoPose.arm,
      ({ header, pose }: MessageType<'geometry_msgs/msg/PoseStamped'>, m) => {
        if (header.frame_id === baseLink) take.pose(poseFromMessage(pose), m);
      },
    ],
    ...armJoints.map((joint, i): readonly [string, Take] => [
      gz.joint.replace(JOINT_PLACEHOLDER, joint),
      ({ data }: MessageType<'std_msgs/msg/Float64'>, m) => {
        latest[i] = data;
        const isWhole = i === armJoints.length - 1 && !latest.includes(NaN);
        if (isWhole) takeArm(latest, m);
      },
    ]),
    [
      gz.joint.replace(JOINT_PLACEHOLDER, gripper.joint),
      ({ data }: MessageType<'std_msgs/msg/Float64'>, m) => takeGripper([data], m),
    ],
  ];
}

/** Positions of these joints at a point of a trajectory; none where it does not have them all. */
function targetOf(
  trajectory: TrajectoryMessage,
  joints: readonly string[],
  point = newestCommand(trajectory),
): Float64Array {
  const { joint_names: names } = trajectory;
  const indices = joints.map((name) => names.indexOf(name));
  const { positions } = point ?? { positions: [] };
  if (indices.includes(-1) || positions.length !== names.length) return new Float64Array();
  return Float64Array.from(indices, (i) => Number(positions[i]));
}
