import type { ManagedNode } from '../../shared/ManagedNode.ts';
import { stampFromNs } from '../../shared/messages/time.ts';
import { reliable } from '../../shared/qos.ts';
import type { CommandSink } from './CommandSink.ts';
import { type MotionPoint, restPoints } from './restPoints.ts';

const TYPE = 'trajectory_msgs/msg/JointTrajectory';
/** Stamp 0 means now. */
const HEADER = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };

export type JointTrajectoryOptions = {
  readonly topic: string;
  readonly joints: readonly string[];
  readonly periodSec: number;
  /** Where given, every trajectory goes on to rest, with these accelerations (rad/s²). */
  readonly restAccelerations?: readonly number[] | undefined;
};

/** ros2_control's joint_trajectory_controller, for the arm: positions and velocities. */
export function armTrajectorySink(
  node: ManagedNode,
  { topic, joints, periodSec, restAccelerations }: JointTrajectoryOptions,
): CommandSink {
  const publisher = node.advertiseRaw(TYPE, topic, reliable());
  return {
    send(command) {
      const after = restAccelerations ? restPoints(command, restAccelerations, periodSec) : [];
      const points = [command, ...after].map((point, i) => pointAt((i + 1) * periodSec, point));
      publisher.publish({ header: HEADER, joint_names: [...joints], points });
    },
  };
}

/** The same for the gripper: its position alone, which counts as one to be at rest at. */
export function gripperTrajectorySink(
  node: ManagedNode,
  { topic, joints, periodSec }: JointTrajectoryOptions,
): CommandSink {
  const publisher = node.advertiseRaw(TYPE, topic, reliable());
  const velocities = new Float64Array(0);
  return {
    send({ gripperJointPosition }) {
      const positions = Float64Array.of(gripperJointPosition);
      const points = [pointAt(periodSec, { positions, velocities })];
      publisher.publish({ header: HEADER, joint_names: [...joints], points });
    },
  };
}

function pointAt(timeSec: number, { positions, velocities }: MotionPoint) {
  const timeFromStart = stampFromNs(BigInt(Math.round(timeSec * 1e9)));
  return { positions, velocities, accelerations: [], effort: [], time_from_start: timeFromStart };
}
