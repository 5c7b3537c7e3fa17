import { type McapTypes, Opcode } from '@mcap/core';

/** A message inside a decompressed chunk. */
export type ChunkMessage = {
  readonly channelId: number;
  readonly logTime: bigint;
  readonly publishTime: bigint;
  readonly data: Uint8Array;
};

/** Channel, sequence, log time, publish time (MCAP specification, Message). */
const MESSAGE_HEADER = 2 + 4 + 8 + 8;
/** Larger messages stay where they are; a copy of small ones lets go of the chunk. */
const COPIED_BYTES = 1 << 14;

/**
 * The messages of a chunk's records, in the order of their log times. Those that are large share
 * the memory of `records`: copying pictures takes as long as to decompress them.
 * @throws Error where a record is longer than what is left
 */
export function chunkMessages(records: Uint8Array): ChunkMessage[] {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const messages: ChunkMessage[] = [];
  let isSorted = true;
  for (let at = 0; at < records.length;) {
    if (at + 9 > records.length) throw new Error(`a record that is cut at ${at}`);
    const start = at + 9;
    const length = view.getBigUint64(at + 1, true);
    if (length > BigInt(records.length - start)) throw new Error(`a record that is cut at ${at}`);
    const end = start + Number(length);
    if (records[at] === Opcode.MESSAGE) {
      const message = readMessage(records, start, end, view);
      if (message.logTime < (messages.at(-1)?.logTime ?? 0n)) isSorted = false;
      messages.push(message);
    }
    at = end;
  }
  if (!isSorted)
    messages.sort((a, b) => (a.logTime < b.logTime ? -1 : a.logTime > b.logTime ? 1 : 0));
  return messages;
}

/**
 * The message between two places of `records`, whose memory it shares when it is large.
 * @throws Error where it is shorter than its header
 */
export function readMessage(
  records: Uint8Array,
  start: number,
  end: number,
  view = new DataView(records.buffer, records.byteOffset, records.byteLength),
): ChunkMessage {
  if (end < start + MESSAGE_HEADER) throw new Error(`a message without header at ${start}`);
  const data = records.subarray(start + MESSAGE_HEADER, end);
  return {
    channelId: view.getUint16(start, true),
    logTime: view.getBigUint64(start + 6, true),
    publishTime: view.getBigUint64(start + 14, true),
    data: data.length < COPIED_BYTES ? data.slice() : data,
  };
}

/** Whether chunks can be read one after the other: none begins before the one before it ends. */
export function areInOrder(chunks: readonly McapTypes.TypedMcapRecords['ChunkIndex'][]): boolean {
  return chunks.every((chunk, i) => {
    const before = chunks[i - 1];
    return before === undefined || chunk.messageStartTime >= before.messageEndTime;
  });
}
