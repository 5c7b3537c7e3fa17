import type { MessageType } from 'rclnodejs';
import { stampFromNs } from './time.ts';

export function epochToMessage(
  epoch: number,
  stampNs: bigint,
): MessageType<'st4vla_ros/msg/Epoch'> {
  return { header: { stamp: stampFromNs(stampNs), frame_id: '' }, epoch };
}
