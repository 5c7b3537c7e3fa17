import { crc32 } from 'node:zlib';
import type { McapTypes } from '@mcap/core';
import { chunkParts, chunkRecords, requireSame } from './chunkRecords.ts';
import type { Decompress } from './decompressors.ts';

type ChunkIndex = McapTypes.TypedMcapRecords['ChunkIndex'];

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
    const chunk = chunkParts(bytes);
    if (chunk === undefined || chunk.crc === 0) return bytes;
    if (chunk.compression !== '') this.#expected.set(crc32(chunk.stored), chunk.crc);
    else requireSame(crc32(chunk.stored), chunk.crc);
    return bytes;
  }

  /** What a chunk holds, decompressed and checked. @throws Error where it is damaged */
  async records(
    { chunkStartOffset, chunkLength }: ChunkIndex,
    decompressors: Readonly<Record<string, Decompress>>,
  ): Promise<Uint8Array> {
    return chunkRecords(await this.#file.read(chunkStartOffset, chunkLength), decompressors);
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
