import { type FileHandle, open } from 'node:fs/promises';
import type { IWritable } from '@mcap/core';

/** A new file that is written from beginning to end. */
export class FileWritable implements IWritable {
  readonly #handle: FileHandle;
  #position = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws Error where there is a file of that name */
  static async create(path: string): Promise<FileWritable> {
    return new FileWritable(await open(path, 'wx'));
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, written);
      written += bytesWritten;
    }
    this.#position += bytes.length;
  }

  position(): bigint {
    return BigInt(this.#position);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
