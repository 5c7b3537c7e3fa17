import { crc32 } from 'node:zlib';
import { Opcode } from '@mcap/core';
import { printable } from '../../core/text/printable.ts';
import type { Decompress } from './decompressors.ts';
import { LARGEST_CHUNK, type ReadBudget } from './mcapLimits.ts';

/** Opcode, record length, first and last time, uncompressed size (MCAP specification, Chunk). */
const CRC_OFFSET = 1 + 8 + 8 + 8 + 8;

type ChunkParts = {
  /** Of the records, decompressed; 0: not known. */
  readonly crc: number;
  /** Empty: not compressed. */
  readonly compression: string;
  readonly uncompressedSize: bigint;
  /** As they are stored. */
  readonly stored: Uint8Array;
};

/** Undefined where the bytes of a record are those of something else, or too few. */
function chunkParts(bytes: Uint8Array): ChunkParts | undefined {
  if (bytes[0] !== Opcode.CHUNK || bytes.length < CRC_OFFSET + 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameLength = view.getUint32(CRC_OFFSET + 4, true);
  const at = CRC_OFFSET + 8 + nameLength;
  if (at + 8 > bytes.length) return undefined;
  const length = Number(view.getBigUint64(at, true));
  if (at + 8 + length > bytes.length) return undefined;
  return {
    crc: view.getUint32(CRC_OFFSET, true),
    compression: Buffer.from(bytes.subarray(CRC_OFFSET + 8, at)).toString('utf8'),
    uncompressedSize: view.getBigUint64(CRC_OFFSET - 8, true),
    stored: bytes.subarray(at + 8, at + 8 + length),
  };
}

/**
 * What a chunk holds, decompressed and checked against its CRC.
 * @throws Error where it is damaged; BudgetError
 */
export function chunkRecords(
  bytes: Uint8Array,
  decompressors: Readonly<Record<string, Decompress>>,
  budget: ReadBudget,
): Uint8Array {
  const chunk = chunkParts(bytes);
  if (!chunk) throw new Error('no chunk');
  const { compression, uncompressedSize, stored, crc } = chunk;
  if (uncompressedSize > LARGEST_CHUNK) throw new Error(`a chunk of ${uncompressedSize} bytes`);
  budget.takeBytes(Number(uncompressedSize));
  let records = stored;
  if (compression !== '') {
    const decompress = Object.hasOwn(decompressors, compression)
      ? decompressors[compression]
      : undefined;
    if (!decompress) throw new Error(`unknown compression ${printable(compression)}`);
    records = decompress(stored, uncompressedSize);
  }
  const found = crc === 0 ? 0 : crc32(records);
  if (found !== crc) throw new Error(`a chunk's CRC: expected ${crc}, found ${found}`);
  return records;
}
