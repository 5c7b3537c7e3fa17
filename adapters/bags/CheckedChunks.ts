import { crc32 } from 'node:zlib';
import type { McapTypes } from '@mcap/core';
import type { Decompress } from './decompressors.ts';

type ChunkIndex = McapTypes.TypedMcapRecords['ChunkIndex'];

const CHUNK_OPCODE = 6;
/** Opcode, record length, first and last time, uncompressed size (MCAP specification, Chunk). */
const CRC_OFFSET = 1 + 8 + 8 + 8 + 8;

/**
 * A file of which chunks are checked against their CRC as they are read. The reader of MCAP can do
 * that itself, but in JavaScript, which takes longer than to decompress them.
 */
export class CheckedChunks implements McapTypes.IReadable {
  readonly #file: McapTypes.IReadable;
  /** Of what a chunk decompresses to, by the CRC of its compressed bytes. */
  readonly #expected = new Map<number, number>();

  constructor(file: McapTypes.IReadable) {
    this.#file = file;
  }

  size(): Promise<bigint> {
    return this.#file.size();
  }

  /** @throws Error for a chunk without compression that is not what it was */
  async read(offset: bigint, size: bigint): Promise<Uint8Array> {
    const bytes = await this.#file.read(offset, size);
    const chunk = chunkOf(bytes);
    if (chunk === undefined || chunk.crc === 0) return bytes;
    if (chunk.isCompressed) this.#expected.set(crc32(chunk.records), chunk.crc);
    else requireSame(crc32(chunk.records), chunk.crc);
    return bytes;
  }

  /** What a chunk holds, decompressed and checked. @throws Error where it is damaged */
  async records(
    { chunkStartOffset, chunkLength, compression, uncompressedSize }: ChunkIndex,
    decompressors: Readonly<Record<string, Decompress>>,
  ): Promise<Uint8Array> {
    const bytes = await this.#file.read(chunkStartOffset, chunkLength);
    const chunk = chunkOf(bytes);
    if (!chunk) throw new Error(`no chunk at ${chunkStartOffset}`);
    const decompress = decompressors[compression];
    if (chunk.isCompressed && !decompress) throw new Error(`unknown compression ${compression}`);
    const records = chunk.isCompressed
      ? decompress!(chunk.records, uncompressedSize)
      : chunk.records;
    if (chunk.crc !== 0) requireSame(crc32(records), chunk.crc);
    return records;
  }

  /** What decompresses the chunks that were read here. */
  handlers(
    decompressors: Readonly<Record<string, Decompress>>,
  ): Readonly<Record<string, Decompress>> {
    const checked = Object.entries(decompressors).map(([name, decompress]) => {
      const handler: Decompress = (bytes, size) => {
        const result = decompress(bytes, size);
        const key = crc32(bytes);
        const expected = this.#expected.get(key);
        this.#expected.delete(key);
        if (expected !== undefined) requireSame(crc32(result), expected);
        return result;
      };
      return [name, handler];
    });
    return Object.fromEntries(checked) as Readonly<Record<string, Decompress>>;
  }
}

type ChunkParts = {
  readonly crc: number;
  readonly isCompressed: boolean;
  readonly records: Uint8Array;
};

/** Undefined where the bytes are something else, or too few; the reader of MCAP then says so. */
function chunkOf(bytes: Uint8Array): ChunkParts | undefined {
  if (bytes[0] !== CHUNK_OPCODE || bytes.length < CRC_OFFSET + 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameLength = view.getUint32(CRC_OFFSET + 4, true);
  const at = CRC_OFFSET + 8 + nameLength;
  if (at + 8 > bytes.length) return undefined;
  const length = Number(view.getBigUint64(at, true));
  if (at + 8 + length > bytes.length) return undefined;
  const records = bytes.subarray(at + 8, at + 8 + length);
  return { crc: view.getUint32(CRC_OFFSET, true), isCompressed: nameLength > 0, records };
}

function requireSame(found: number, expected: number): void {
  if (found !== expected) throw new Error(`a chunk's CRC: expected ${expected}, found ${found}`);
}
