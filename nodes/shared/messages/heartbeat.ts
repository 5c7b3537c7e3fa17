import type { MessageType } from 'rclnodejs';
import type { Heartbeat } from '../../../core/supervision/Heartbeat.ts';
import { stampFromNs } from './time.ts';

type HeartbeatMessage = MessageType<'st4vla_ros/msg/Heartbeat'>;

export function heartbeatToMessage(heartbeat: Heartbeat, stampNs: bigint): HeartbeatMessage {
  const { node, host, pid, periodSec, isLeaving } = heartbeat;
  const header = { stamp: stampFromNs(stampNs), frame_id: '' };
  return { header, node, host, pid, period: periodSec, leaving: isLeaving };
}

export function heartbeatFromMessage(message: HeartbeatMessage): Heartbeat {
  const { node, host, pid, period: periodSec, leaving: isLeaving } = message;
  return { node, host, pid, periodSec, isLeaving };
}
