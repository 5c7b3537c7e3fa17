import { McapStreamReader, type McapTypes } from '@mcap/core';
import type { Decompress } from './decompressors.ts';
import type { FileReadable } from './FileReadable.ts';

const STEP_BYTES = 1n << 20n;
/** A record that claims to be larger than this is damaged. */
const MAX_RECORD_BYTES = 1 << 29;

export type RecoveryOptions = {
  readonly file: FileReadable;
  readonly decompressHandlers: Readonly<Record<string, Decompress>>;
  /** Told once, where the records end for another reason than the file's end. */
  readonly onDamage: (reason: string) => void;
};

/**
 * Reads an MCAP file from its beginning without its index: all records up to the first one that is
 * damaged or incomplete, in the order in which they were written.
 */
export async function* recoverRecords(
  options: RecoveryOptions,
): AsyncGenerator<McapTypes.TypedMcapRecord, void, undefined> {
  const { file, decompressHandlers, onDamage } = options;
  const reader = new McapStreamReader({ decompressHandlers: { ...decompressHandlers } });
  const size = await file.size();
  try {
    for (let offset = 0n; offset < size; offset += STEP_BYTES) {
      const rest = size - offset;
      reader.append(await file.read(offset, rest < STEP_BYTES ? rest : STEP_BYTES));
      for (let record = reader.nextRecord(); record; record = reader.nextRecord()) yield record;
      if (reader.done()) return;
      if (reader.bytesRemaining() > MAX_RECORD_BYTES) {
        throw new Error(`a record of more than ${MAX_RECORD_BYTES} bytes`);
      }
    }
    onDamage('the file ends early: it was cut, or its recorder did not get to close it');
  } catch (error) {
    onDamage(`damaged: ${(error as Error).message}`);
  }
}
