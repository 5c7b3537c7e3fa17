import { LARGEST_CHUNK, type ReadBudget } from './mcapLimits.ts';
import type { Decompress } from './decompressors.ts';
import { zstdContentSize } from './zstdContentSize.ts';

/** No message begins like a zstd frame: CDR's first byte is 0. */
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/**
 * Unpacks messages that were compressed one by one, which they say themselves: metadata.yaml may not
 * be there.
 */
export class MessageUnpacker {
  readonly #decompress: Decompress;
  readonly #budget: ReadBudget;

  constructor(decompress: Decompress, budget: ReadBudget) {
    this.#decompress = decompress;
    this.#budget = budget;
  }

  /** @throws Error where it is damaged; BudgetError */
  unpack(bytes: Uint8Array): Uint8Array {
    if (!ZSTD_MAGIC.every((byte, i) => bytes[i] === byte)) return bytes;
    const size = zstdContentSize(bytes);
    if (size > LARGEST_CHUNK) throw new Error(`a message of ${size} bytes`);
    this.#budget.takeBytes(Number(size));
    return this.#decompress(bytes, size);
  }
}
