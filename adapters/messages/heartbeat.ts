import type { MessageType } from 'rclnodejs';
import type { Heartbeat } from '../../core/supervision/Heartbeat.ts';
import { MessageCodec } from './MessageCodec.ts';
import { stampFromNs } from './time.ts';

type HeartbeatMessage = MessageType<'st4vla_ros/msg/Heartbeat'>;

/** Longer messages are no heartbeats, and are not read. */
const MAX_BYTES = 1024;

export function heartbeatToMessage(heartbeat: Heartbeat, stampNs: bigint): HeartbeatMessage {
  const { node, host, pid, periodSec, isLeaving } = heartbeat;
  const header = { stamp: stampFromNs(stampNs), frame_id: '' };
  return { header, node, host, pid, period: periodSec, leaving: isLeaving };
}

/** Reads heartbeats, which any program may have sent. */
export class HeartbeatReader {
  readonly #codec = new MessageCodec('st4vla_ros/msg/Heartbeat');

  /** Returns undefined if the bytes are no heartbeat, or one with texts that a terminal should not get. */
  read(bytes: Uint8Array): Heartbeat | undefined {
    if (bytes.byteLength > MAX_BYTES) return undefined;
    try {
      const { node, host, pid, period: periodSec, leaving: isLeaving } = this.#codec.decode(bytes);
      if (!isPrintable(node) || !isPrintable(host)) return undefined;
      return { node, host, pid, periodSec, isLeaving };
    } catch {
      return undefined;
    }
  }
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
