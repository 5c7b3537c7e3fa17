import type { MessageType } from 'rclnodejs';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import { nsFromStamp, stampFromNs } from './time.ts';

type ActionChunkMessage = MessageType<'st4vla_ros/msg/ActionChunk'>;

export function actionChunkToMessage(chunk: ActionChunk, frame: string): ActionChunkMessage {
  return {
    header: { stamp: stampFromNs(chunk.stampNs), frame_id: frame },
    chunk_id: chunk.id,
    observation_id: chunk.observationId,
    plan_id: chunk.planId,
    epoch: chunk.epoch,
    plan_age: chunk.planAgeSec,
    control_period: chunk.controlPeriodSec,
    horizon: chunk.horizon,
    dim: chunk.dim,
    actions: chunk.actions,
    latency: chunk.latencySec,
  };
}

export function actionChunkFromMessage(message: ActionChunkMessage): ActionChunk {
  return {
    id: BigInt(message.chunk_id),
    observationId: BigInt(message.observation_id),
    stampNs: nsFromStamp(message.header.stamp),
    planId: BigInt(message.plan_id),
    epoch: message.epoch,
    planAgeSec: message.plan_age,
    controlPeriodSec: message.control_period,
    horizon: message.horizon,
    dim: message.dim,
    actions: Float32Array.from(message.actions),
    latencySec: message.latency,
  };
}

/**
 * Whether a chunk has no rows. Policies before the message Epoch made a new epoch known by such a
 * chunk; controllers still understand it for one release.
 */
export function isWithoutRows(chunk: ActionChunk): boolean {
  return chunk.horizon === 0 && chunk.actions.length === 0;
}
