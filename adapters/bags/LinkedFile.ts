import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What SQLite keeps beside a database. */
const BESIDE = ['-wal', '-journal'];
/** Folders for temporary files; the first in which one can be made is taken. */
const PLACES = () => [tmpdir(), '/tmp', '/dev/shm'];

/**
 * A database by a link in a folder of our own: the library makes a folder beside it as its lock, which
 * read-only media do not allow, and which a killed reader leaves behind for the next one.
 */
export class LinkedFile {
  /** The file itself if there is no room for temporary files. */
  readonly path: string;
  readonly #folder: string | undefined;

  constructor(file: string) {
    this.path = file;
    try {
      this.#folder = makeFolder();
      this.path = join(this.#folder, 'bag.db3');
      symlinkSync(resolve(file), this.path);
      for (const suffix of BESIDE) {
        if (existsSync(file + suffix)) symlinkSync(resolve(file + suffix), this.path + suffix);
      }
    } catch {
      this.remove();
      this.path = file;
    }
  }

  /** The link, not the file. */
  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** @throws Error where there is room nowhere */
function makeFolder(): string {
  let last: unknown;
  for (const place of PLACES()) {
    try {
      return mkdtempSync(join(place, 'st4vla-bag-'));
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
