import type { MessageType } from 'rclnodejs';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../../core/execution/ExecutionStatus.ts';
import { POSE_IDENTITY } from '../../core/math/pose.ts';
import { boundText } from '../../core/text/boundText.ts';
import { poseToMessage } from './geometry.ts';
import { nsFromStamp, stampFromNs } from './time.ts';

type ExecutionStateMessage = MessageType<'st4vla_ros/msg/ExecutionState'>;

/** What the policy reads of an ExecutionState. */
export type ExecutionReport = {
  readonly stampNs: bigint;
  readonly epoch: number;
  readonly ticksConsumed: number;
  readonly leftover: number;
  readonly status: ExecutionStatus;
  readonly reason: string;
  readonly speedScale: number;
};

/** Poses that are not known yet are the identity; the status then says why. */
export function executionStateToMessage(
  output: ControllerOutput,
  stampNs: bigint,
  baseFrame: string,
): ExecutionStateMessage {
  return {
    header: { stamp: stampFromNs(stampNs), frame_id: baseFrame },
    epoch: output.epoch,
    ticks_consumed: BigInt(output.tick),
    chunk_id: output.chunkId,
    row: output.row,
    leftover: output.leftover,
    status: EXECUTION_STATUSES.indexOf(output.status),
    reason: boundText(output.reason),
    limits_active: [...output.limitsActive],
    target_base_from_ee: poseToMessage(output.targetBaseFromEe ?? POSE_IDENTITY),
    measured_base_from_ee: poseToMessage(output.measuredBaseFromEe ?? POSE_IDENTITY),
    target_gripper_opening: output.targetGripperOpening,
    speed_scale: output.speedScale,
  };
}

export function executionReportFromMessage(message: ExecutionStateMessage): ExecutionReport {
  return {
    stampNs: nsFromStamp(message.header.stamp),
    epoch: message.epoch,
    ticksConsumed: Number(message.ticks_consumed),
    leftover: message.leftover,
    status: EXECUTION_STATUSES[message.status] ?? 'FAULT',
    reason: boundText(message.reason),
    speedScale: message.speed_scale,
  };
}
