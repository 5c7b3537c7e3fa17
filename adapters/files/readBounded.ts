import { closeSync, fstatSync, readSync } from 'node:fs';
import { openRegularFile } from './openRegularFile.ts';

/**
 * The bytes of a file that may hold no more than `maxBytes`; its size is looked at before anything of
 * it is read.
 * @throws Error where it is larger, or no file; an error of the system where it is not there
 */
export function readBoundedBytes(path: string, maxBytes: number): Buffer {
  const descriptor = openRegularFile(path);
  try {
    const { size } = fstatSync(descriptor);
    if (size > maxBytes) {
      throw new Error(`${path}: expected a file of at most ${maxBytes} bytes, found ${size}`);
    }
    const bytes = Buffer.allocUnsafe(size);
    let filled = 0;
    while (filled < size) {
      const read = readSync(descriptor, bytes, filled, size - filled, filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}

/** As `readBoundedBytes`, for text in UTF-8. */
export function readBoundedText(path: string, maxBytes: number): string {
  return readBoundedBytes(path, maxBytes).toString('utf8');
}
