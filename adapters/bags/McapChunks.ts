import type { McapTypes } from '@mcap/core';
import { type ChunkMessage, chunkMessages } from './chunkMessages.ts';
import { chunkRecords } from './chunkRecords.ts';
import type { Decompress } from './decompressors.ts';
import type { FileReadable } from './FileReadable.ts';
import { BudgetError, LARGEST_CHUNK, LARGEST_CHUNK_RECORD, type ReadBudget } from './mcapLimits.ts';

type ChunkIndex = McapTypes.TypedMcapRecords['ChunkIndex'];

export type McapChunksOptions = {
  readonly file: FileReadable;
  readonly decompressors: Readonly<Record<string, Decompress>>;
  readonly budget: ReadBudget;
  /** Told of each chunk that is damaged, and once where messages come out of order. */
  readonly onNotice: (reason: string) => void;
};

/** A chunk that is being read. */
type OpenChunk = {
  readonly bytes: number;
  readonly rest: Generator<ChunkMessage, void, undefined>;
  head: ChunkMessage;
};

/** Of chunks that are read at once, because they overlap in time. */
const MAX_OPEN = 256;

/**
 * The messages of chunks in the order of their log times. Chunks mostly follow one another, and one
 * or two are in memory; of those that overlap no more are opened than fit into the memory of the
 * largest, and beyond that messages come in the order of the file.
 */
export async function* mcapChunks(
  indexes: readonly ChunkIndex[],
  options: McapChunksOptions,
): AsyncGenerator<ChunkMessage, void, undefined> {
  const waiting = [...indexes].sort((a, b) => compare(a.messageStartTime, b.messageStartTime));
  const open: OpenChunk[] = [];
  let openBytes = 0;
  for (let next = 0; ;) {
    const first = earliest(open);
    const chunk = waiting[next];
    if (chunk && (!first || chunk.messageStartTime <= first.head.logTime)) {
      if (!first || hasRoom(open.length, openBytes, chunk)) {
        next += 1;
        const opened = await openChunk(chunk, options);
        if (!opened) continue;
        open.push(opened);
        openBytes += opened.bytes;
        continue;
      }
      options.onNotice('too many chunks overlap in time: messages are partly out of order');
    }
    if (!first) return;
    yield first.head;
    const { done, value } = first.rest.next();
    if (!done) first.head = value;
    else {
      open.splice(open.indexOf(first), 1);
      openBytes -= first.bytes;
    }
  }
}

function hasRoom(count: number, openBytes: number, { uncompressedSize }: ChunkIndex): boolean {
  return count < MAX_OPEN && openBytes + Number(uncompressedSize) <= LARGEST_CHUNK;
}

function earliest(open: readonly OpenChunk[]): OpenChunk | undefined {
  let first = open[0];
  for (const chunk of open) {
    if (chunk.head.logTime < first!.head.logTime) first = chunk;
  }
  return first;
}

/** Undefined for a chunk that is damaged, of which nothing is given, and for one without messages. */
async function openChunk(
  { chunkStartOffset, chunkLength, uncompressedSize }: ChunkIndex,
  { file, decompressors, budget, onNotice }: McapChunksOptions,
): Promise<OpenChunk | undefined> {
  try {
    if (chunkLength > LARGEST_CHUNK_RECORD) throw new Error(`a chunk of ${chunkLength} bytes`);
    const bytes = await file.read(chunkStartOffset, chunkLength);
    const records = chunkRecords(bytes, decompressors, budget);
    if (records.length > Number(uncompressedSize)) {
      throw new Error(
        `expected ${uncompressedSize} bytes as the index says, found ${records.length}`,
      );
    }
    const rest = chunkMessages(records, budget);
    const { done, value } = rest.next();
    return done ? undefined : { bytes: records.length, rest, head: value };
  } catch (error) {
    if (error instanceof BudgetError || !(error instanceof Error)) throw error;
    onNotice(`a damaged record at byte ${chunkStartOffset} is left out: ${error.message}`);
    return undefined;
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
