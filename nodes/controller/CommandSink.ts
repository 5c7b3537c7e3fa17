import type { JointCommand } from '../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { commandTopics } from '../shared/commandTopics.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { stampFromNs } from '../shared/messages/time.ts';
import { reliable } from '../shared/qos.ts';

export type SinkName = 'joint_trajectory' | 'forward_command';

/** Whoever moves the joints. All kinds get the same limited commands. */
export type CommandSink = {
  /** Commands for the ends of the coming periods: one, or more to come to rest. */
  send(commands: readonly JointCommand[]): void;
};

export function commandSink(
  node: ManagedNode,
  name: SinkName,
  embodiment: Embodiment,
  periodSec: number,
): CommandSink {
  switch (name) {
    case 'joint_trajectory':
      return jointTrajectorySink(node, embodiment, periodSec);
    case 'forward_command':
      return forwardCommandSink(node);
  }
}

/** ros2_control's joint_trajectory_controller, for arm and gripper; stamp 0 means now. */
function jointTrajectorySink(
  node: ManagedNode,
  { armJoints, gripper }: Embodiment,
  periodSec: number,
): CommandSink {
  const type = 'trajectory_msgs/msg/JointTrajectory';
  const topics = commandTopics.trajectory;
  const arm = node.advertiseRaw(type, topics.arm, reliable());
  const hand = node.advertiseRaw(type, topics.gripper, reliable());
  const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };
  const pointAt = (i: number, positions: Float64Array, velocities: Float64Array) => ({
    positions,
    velocities,
    accelerations: [],
    effort: [],
    time_from_start: stampFromNs(BigInt(Math.round((i + 1) * periodSec * 1e9))),
  });
  return {
    send(commands) {
      arm.publish({
        header,
        joint_names: [...armJoints],
        points: commands.map(({ positions, velocities }, i) => pointAt(i, positions, velocities)),
      });
      hand.publish({
        header,
        joint_names: [gripper.joint],
        points: commands.map(({ gripperJointPosition }, i) =>
          pointAt(i, Float64Array.of(gripperJointPosition), new Float64Array(0)),
        ),
      });
    },
  };
}

/** ros2_control's forward_command_controller: positions only, so of several the last. */
function forwardCommandSink(node: ManagedNode): CommandSink {
  const type = 'std_msgs/msg/Float64MultiArray';
  const topics = commandTopics.forward;
  const arm = node.advertiseRaw(type, topics.arm, reliable());
  const hand = node.advertiseRaw(type, topics.gripper, reliable());
  const layout = { dim: [], data_offset: 0 };
  return {
    send(commands) {
      const last = commands.at(-1);
      if (!last) return;
      arm.publish({ layout, data: last.positions });
      hand.publish({ layout, data: [last.gripperJointPosition] });
    },
  };
}
