import fs from 'node:fs';
import { dirname } from 'node:path';

/** Numbers that are kept until they are written, 8 MiB. */
const KEPT = 1 << 20;

/** Writes records of 64-bit numbers to a file, many at a time. */
export class TraceFile {
  readonly #file: number;
  readonly #values = new Float64Array(KEPT);
  #count = 0;

  constructor(path: string) {
    fs.mkdirSync(dirname(path), { recursive: true });
    this.#file = fs.openSync(path, 'w');
  }

  write(record: Float64Array): void {
    if (this.#count + record.length > KEPT) this.#flush();
    this.#values.set(record, this.#count);
    this.#count += record.length;
  }

  close(): void {
    this.#flush();
    fs.closeSync(this.#file);
  }

  #flush(): void {
    const bytes = new Uint8Array(this.#values.buffer, 0, this.#count * 8);
    for (let done = 0; done < bytes.length;) {
      done += fs.writeSync(this.#file, bytes, done, bytes.length - done);
    }
    this.#count = 0;
  }
}
