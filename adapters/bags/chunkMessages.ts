import { Opcode } from '@mcap/core';
import type { ReadBudget } from './mcapLimits.ts';

/** A message inside a decompressed chunk. */
export type ChunkMessage = {
  readonly channelId: number;
  readonly logTime: bigint;
  readonly publishTime: bigint;
  readonly data: Uint8Array;
};

/** Opcode and length of a record. */
export const HEADER_BYTES = 1 + 8;

/** Channel, sequence, log time, publish time (MCAP specification, Message). */
const MESSAGE_HEADER = 2 + 4 + 8 + 8;
const LOG_TIME = HEADER_BYTES + 2 + 4;
/** Larger messages stay where they are; a copy of small ones lets go of the chunk. */
const COPIED_BYTES = 1 << 14;

/**
 * The messages of a chunk's records one by one, in the order of their log times. Those that are
 * large share the memory of `records`: copying pictures takes as long as to decompress them.
 * @throws Error where a record is longer than what is left: then none is given
 */
export function* chunkMessages(
  records: Uint8Array,
  budget: ReadBudget,
): Generator<ChunkMessage, void, undefined> {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const { count, isSorted } = look(records, view, budget);
  if (isSorted) {
    for (let at = 0; at < records.length; at = endOf(view, at)) {
      if (records[at] === Opcode.MESSAGE) yield messageAt(records, at, view);
    }
    return;
  }
  for (const at of placesByTime(records, view, count)) yield messageAt(records, at, view);
}

/** @throws Error where a record is cut, or a message has no header */
function look(
  records: Uint8Array,
  view: DataView,
  budget: ReadBudget,
): { readonly count: number; readonly isSorted: boolean } {
  let count = 0;
  let isSorted = true;
  let [high, low] = [0, 0];
  for (let at = 0; at < records.length; at = endOf(view, at)) {
    budget.takeRecord();
    if (at + HEADER_BYTES > records.length || endOf(view, at) > records.length) {
      throw new Error(`a record that is cut at ${at}`);
    }
    if (records[at] !== Opcode.MESSAGE) continue;
    if (endOf(view, at) < at + HEADER_BYTES + MESSAGE_HEADER) {
      throw new Error(`a message without header at ${at}`);
    }
    count += 1;
    // Halves of the time as numbers: to make millions of bigints takes seconds.
    const lowNow = view.getUint32(at + LOG_TIME, true);
    const highNow = view.getUint32(at + LOG_TIME + 4, true);
    if (highNow < high || (highNow === high && lowNow < low)) isSorted = false;
    [high, low] = [highNow, lowNow];
  }
  return { count, isSorted };
}

/** Infinite for what is longer than any memory. */
function endOf(view: DataView, at: number): number {
  const high = view.getUint32(at + 5, true);
  return high > 0 ? Infinity : at + HEADER_BYTES + view.getUint32(at + 1, true);
}

/**
 * Where messages begin, by their log times; those of one time as they are stored. Sorted byte by byte
 * from the lowest on (radix sort), with eight bytes of memory for each message.
 */
function placesByTime(records: Uint8Array, view: DataView, count: number): Uint32Array {
  let places = new Uint32Array(count);
  let sorted = new Uint32Array(count);
  let next = 0;
  for (let at = 0; at < records.length; at = endOf(view, at)) {
    if (records[at] === Opcode.MESSAGE) places[next++] = at;
  }
  for (let byte = LOG_TIME; byte < LOG_TIME + 8; byte++) {
    const starts = new Uint32Array(257);
    for (const at of places) starts[records[at + byte]! + 1]! += 1;
    if (starts.includes(count)) continue;
    for (let value = 1; value < 257; value++) starts[value]! += starts[value - 1]!;
    for (const at of places) sorted[starts[records[at + byte]!]!++] = at;
    [places, sorted] = [sorted, places];
  }
  return places;
}

/**
 * The message of the record that begins at `at`, whose memory it shares when it is large.
 * @throws Error where it is shorter than its header
 */
export function messageAt(records: Uint8Array, at: number, view: DataView): ChunkMessage {
  const start = at + HEADER_BYTES;
  const end = endOf(view, at);
  if (end < start + MESSAGE_HEADER) throw new Error(`a message without header at ${at}`);
  const data = records.subarray(start + MESSAGE_HEADER, end);
  return {
    channelId: view.getUint16(start, true),
    logTime: view.getBigUint64(start + 6, true),
    publishTime: view.getBigUint64(start + 14, true),
    data: data.length < COPIED_BYTES ? data.slice() : data,
  };
}
