import { nsOf } from '../../../core/math/time.ts';
import type { MotionState } from '../../../core/control/MotionState.ts';
import type { GripperBounds, JointBounds } from '../../../core/control/armBounds.ts';
import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import { stampFromNs } from '../../../adapters/messages/time.ts';
import { SPAN_SEC } from '../../../adapters/messages/trajectory.ts';
import { reliable } from '../../shared/node/qos.ts';
import type { CommandSink } from './CommandSink.ts';
import { armStream, gripperMotion, gripperStream, type StreamOptions } from './commandStreams.ts';
import { EndVelocityWatch } from './EndVelocityWatch.ts';
import type { MotionStream, TrajectoryPoint } from './MotionStream.ts';
import { ReceiverClock } from './ReceiverClock.ts';

const TYPE = 'trajectory_msgs/msg/JointTrajectory';

export type JointTrajectoryOptions = StreamOptions & {
  readonly topic: string;
  readonly joints: readonly string[];
};

/** ros2_control's joint_trajectory_controller, for the arm. */
export function armTrajectorySink(
  node: ManagedNode,
  bounds: JointBounds,
  options: JointTrajectoryOptions,
): CommandSink {
  const sink = trajectorySink(node, options, armStream(bounds, options), (command) => command);
  const { leadSec, periodSec } = options;
  const clock = new ReceiverClock({
    aheadSec: leadSec / 2,
    behindSec: SPAN_SEC - periodSec - leadSec,
  });
  return {
    ...sink,
    received: (stampNs) => clock.received(stampNs, node.nowNs()),
    diagnostics: () => [clock.diagnostic(), ...(sink.diagnostics?.() ?? [])],
  };
}

/** The same for the gripper; `within` keeps its commands within the limits. */
export function gripperTrajectorySink(
  node: ManagedNode,
  bounds: GripperBounds,
  within: (command: JointCommand) => JointCommand,
  options: JointTrajectoryOptions,
): CommandSink {
  const stream = gripperStream(bounds, options);
  return trajectorySink(node, options, stream, (command) => gripperMotion(within(command)));
}

function trajectorySink(
  node: ManagedNode,
  { topic, joints, endsAtRest }: JointTrajectoryOptions,
  stream: MotionStream,
  motionOf: (command: JointCommand) => MotionState,
): CommandSink {
  const publisher = node.advertiseRaw(TYPE, topic, reliable());
  const watch = endsAtRest ? undefined : new EndVelocityWatch(node, topic);
  return {
    send(command) {
      const { startNs, points } = stream.push(motionOf(command), node.nowNs());
      const header = { stamp: stampFromNs(startNs), frame_id: '' };
      publisher.publish({ header, joint_names: [...joints], points: points.map(toMessage) });
    },
    prepare: () => stream.restart(),
    ...(watch && { diagnostics: () => [watch.diagnostic()] }),
  };
}

function toMessage({ timeSec, positions, velocities }: TrajectoryPoint) {
  const timeFromStart = stampFromNs(nsOf(timeSec));
  return { positions, velocities, accelerations: [], effort: [], time_from_start: timeFromStart };
}
