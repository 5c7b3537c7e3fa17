import { hasMcapPrefix, isKnownOpcode, MCAP_MAGIC, type McapTypes, Opcode } from '@mcap/core';
import { type ChunkMessage, HEADER_BYTES, messageAt } from './chunkMessages.ts';
import { chunkRecords } from './chunkRecords.ts';
import type { Decompress } from './decompressors.ts';
import type { FileReadable } from './FileReadable.ts';
import { BudgetError, LARGEST_CHUNK_RECORD, LARGEST_TABLE, type ReadBudget } from './mcapLimits.ts';
import { readChannel, readSchema } from './mcapRecords.ts';

/** What is read at a time, unless one record is larger. */
const WINDOW_BYTES = 1 << 20;
/** What is read of a file; all else (attachments, indexes) is stepped over. */
const READ: ReadonlySet<number> = new Set([
  Opcode.CHUNK,
  Opcode.MESSAGE,
  Opcode.SCHEMA,
  Opcode.CHANNEL,
]);

export type RecoveryOptions = {
  readonly file: FileReadable;
  readonly budget: ReadBudget;
  readonly decompressHandlers: Readonly<Record<string, Decompress>>;
  /** Told of each chunk that is damaged, and where the records end before the file's end. */
  readonly onDamage: (reason: string) => void;
};

export type RecoveredRecord =
  McapTypes.TypedMcapRecords['Schema' | 'Channel'] | (ChunkMessage & { readonly type: 'Message' });

/**
 * Reads an MCAP file from its beginning without its index: schemas, channels and messages in the
 * order in which they were written. A damaged chunk is left out; where a record's length is
 * damaged, nothing can be found after it.
 */
export async function* recoverRecords(
  options: RecoveryOptions,
): AsyncGenerator<RecoveredRecord, void, undefined> {
  const { file, onDamage } = options;
  const table = new Table();
  const size = Number(await file.size());
  const window = new Window(file, size);
  try {
    if (!isMcap(await window.take(0, Math.min(MCAP_MAGIC.length, size)))) {
      throw new Error('it does not begin as an MCAP file does');
    }
    for (let at = MCAP_MAGIC.length; ;) {
      if (at + HEADER_BYTES > size) break;
      const header = recordHeader(await window.take(at, HEADER_BYTES), 0);
      if (header.opcode === Opcode.FOOTER) return;
      const end = at + HEADER_BYTES + header.length;
      if (end > size) break;
      if (!READ.has(header.opcode)) {
        options.budget.takeRecord();
        at = end;
        continue;
      }
      if (header.length > LARGEST_CHUNK_RECORD) {
        throw new Error(`a record of ${header.length} bytes`);
      }
      const bytes = await window.take(at, HEADER_BYTES + header.length);
      try {
        yield* contentsOf(bytes, header.opcode, options, table);
      } catch (error) {
        if (error instanceof BudgetError) throw error;
        onDamage(`a damaged record at byte ${at} is left out: ${(error as Error).message}`);
      }
      at = end;
    }
    onDamage('the file ends early: it was cut, or its recorder did not get to close it');
  } catch (error) {
    onDamage(`damaged, read up to there: ${(error as Error).message}`);
  }
}

/** Of a record outside chunks. @throws Error where it is damaged; BudgetError */
function* contentsOf(
  bytes: Uint8Array,
  opcode: number,
  { decompressHandlers, budget }: RecoveryOptions,
  table: Table,
): Generator<RecoveredRecord, void, undefined> {
  if (opcode !== Opcode.CHUNK) {
    yield* parsed(bytes, opcode, budget, table);
    return;
  }
  const records = chunkRecords(bytes, decompressHandlers, budget);
  for (let at = 0; at < records.length;) {
    if (at + HEADER_BYTES > records.length) throw new Error(`a record that is cut at ${at}`);
    const inner = recordHeader(records, at);
    const end = at + HEADER_BYTES + inner.length;
    if (end > records.length) throw new Error(`a record that is cut at ${at}`);
    yield* parsed(records.subarray(at, end), inner.opcode, budget, table);
    at = end;
  }
}

function* parsed(
  bytes: Uint8Array,
  opcode: number,
  budget: ReadBudget,
  table: Table,
): Generator<RecoveredRecord, void, undefined> {
  if (opcode === Opcode.MESSAGE) {
    budget.takeMessage();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    yield { type: 'Message', ...messageAt(bytes, 0, view) };
    return;
  }
  budget.takeRecord();
  if (opcode !== Opcode.SCHEMA && opcode !== Opcode.CHANNEL) return;
  table.add(bytes, opcode);
  yield opcode === Opcode.SCHEMA ? readSchema(bytes) : readChannel(bytes);
}

/** @throws Error for what no record begins with */
function recordHeader(bytes: Uint8Array, at: number): { opcode: number; length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const opcode = view.getUint8(at);
  const length = view.getBigUint64(at + 1, true);
  if (length > Number.MAX_SAFE_INTEGER) throw new Error('a record that is longer than any file');
  // Later versions and applications have opcodes of their own from 128 on.
  if (!isKnownOpcode(opcode) && opcode < 128) {
    throw new Error(`no record begins with ${opcode}`);
  }
  return { opcode, length: Number(length) };
}

function isMcap(bytes: Uint8Array): boolean {
  return hasMcapPrefix(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** How much the schemas and channels of a file take that hold at one time. */
class Table {
  readonly #sizes = new Map<number, number>();
  #bytes = 0;

  /** Of a record, which takes the place of the one before with its number. @throws BudgetError */
  add(record: Uint8Array, opcode: number): void {
    const id = record[HEADER_BYTES]! + 256 * record[HEADER_BYTES + 1]!;
    const key = opcode * 2 ** 16 + id;
    this.#bytes += record.length - (this.#sizes.get(key) ?? 0);
    this.#sizes.set(key, record.length);
    if (this.#bytes > LARGEST_TABLE) throw new BudgetError(`definitions of ${this.#bytes} bytes`);
  }
}

/** The part of a file that was read last. */
class Window {
  readonly #file: FileReadable;
  readonly #size: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(file: FileReadable, size: number) {
    this.#file = file;
    this.#size = size;
  }

  async take(at: number, length: number): Promise<Uint8Array> {
    if (at < this.#start || at + length > this.#start + this.#bytes.length) {
      const count = Math.min(Math.max(length, WINDOW_BYTES), this.#size - at);
      this.#bytes = await this.#file.read(BigInt(at), BigInt(count));
      this.#start = at;
    }
    const from = at - this.#start;
    return this.#bytes.subarray(from, from + length);
  }
}
