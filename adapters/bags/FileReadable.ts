import { closeSync, fstatSync, readSync } from 'node:fs';
import type { McapTypes } from '@mcap/core';
import { openRegularFile } from '../files/openRegularFile.ts';

/**
 * A file that is read where and as far as it is needed. Reads are synchronous: for the many small
 * reads of a bag the way to another thread and back takes longer than the disk.
 */
export class FileReadable implements McapTypes.IReadable {
  readonly #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** @throws Error where it is no file */
  static open(path: string): FileReadable {
    return new FileReadable(openRegularFile(path));
  }

  size(): Promise<bigint> {
    return Promise.resolve(BigInt(fstatSync(this.#descriptor).size));
  }

  /** @throws RangeError when the file ends before */
  async read(offset: bigint, size: bigint): Promise<Uint8Array> {
    const available = (await this.size()) - offset;
    if (size > available) {
      throw new RangeError(`expected ${size} bytes at offset ${offset}, found ${available}`);
    }
    const bytes = Buffer.allocUnsafeSlow(Number(size));
    for (let filled = 0; filled < bytes.length;) {
      const position = Number(offset) + filled;
      const read = readSync(this.#descriptor, bytes, filled, bytes.length - filled, position);
      if (read === 0) throw new RangeError(`the file ends at offset ${position}`);
      filled += read;
    }
    return bytes;
  }

  close(): Promise<void> {
    closeSync(this.#descriptor);
    return Promise.resolve();
  }
}
