import {
  hasMcapPrefix,
  isKnownOpcode,
  MCAP_MAGIC,
  McapStreamReader,
  type McapTypes,
  Opcode,
} from '@mcap/core';
import { type ChunkMessage, readMessage } from './chunkMessages.ts';
import { chunkRecords } from './chunkRecords.ts';
import type { Decompress } from './decompressors.ts';
import type { FileReadable } from './FileReadable.ts';

/** What is read at a time, unless one record is larger. */
const WINDOW_BYTES = 1 << 20;
/** A record that claims to be larger than this is damaged. */
const MAX_RECORD_BYTES = 1 << 29;

const HEADER_BYTES = 1 + 8;

export type RecoveryOptions = {
  readonly file: FileReadable;
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
  const { file, decompressHandlers, onDamage } = options;
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
      const bytes = await window.take(at, HEADER_BYTES + header.length);
      try {
        yield* contentsOf(bytes, header.opcode, decompressHandlers);
      } catch (error) {
        onDamage(`a damaged record at byte ${at} is left out: ${(error as Error).message}`);
      }
      at = end;
    }
    onDamage('the file ends early: it was cut, or its recorder did not get to close it');
  } catch (error) {
    onDamage(`damaged, read up to there: ${(error as Error).message}`);
  }
}

/** Of a record outside chunks. @throws Error where it is damaged */
function* contentsOf(
  bytes: Uint8Array,
  opcode: number,
  decompressors: Readonly<Record<string, Decompress>>,
): Generator<RecoveredRecord, void, undefined> {
  if (opcode !== Opcode.CHUNK) {
    yield* parsed(bytes, opcode);
    return;
  }
  const records = chunkRecords(bytes, decompressors);
  for (let at = 0; at < records.length;) {
    if (at + HEADER_BYTES > records.length) throw new Error(`a record that is cut at ${at}`);
    const inner = recordHeader(records, at);
    const end = at + HEADER_BYTES + inner.length;
    if (end > records.length) throw new Error(`a record that is cut at ${at}`);
    yield* parsed(records.subarray(at, end), inner.opcode);
    at = end;
  }
}

/** Each record by a reader of its own: that of MCAP goes on after no mistake. */
function* parsed(bytes: Uint8Array, opcode: number): Generator<RecoveredRecord, void, undefined> {
  if (opcode === Opcode.MESSAGE) {
    yield { type: 'Message', ...readMessage(bytes, HEADER_BYTES, bytes.length) };
  } else if (opcode === Opcode.SCHEMA || opcode === Opcode.CHANNEL) {
    const reader = new McapStreamReader({ noMagicPrefix: true });
    reader.append(bytes);
    const record = reader.nextRecord();
    if (record?.type === 'Schema' || record?.type === 'Channel') yield record;
  }
}

/** @throws Error for what no record begins with */
function recordHeader(bytes: Uint8Array, at: number): { opcode: number; length: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const opcode = view.getUint8(at);
  const length = view.getBigUint64(at + 1, true);
  if (length > MAX_RECORD_BYTES) throw new Error(`a record of more than ${MAX_RECORD_BYTES} bytes`);
  // Later versions and applications have opcodes of their own from 128 on.
  if (!isKnownOpcode(opcode) && opcode < 128) {
    throw new Error(`no record begins with ${opcode}`);
  }
  return { opcode, length: Number(length) };
}

function isMcap(bytes: Uint8Array): boolean {
  return hasMcapPrefix(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
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
