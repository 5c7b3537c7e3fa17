import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { thisUser } from './soundPath.ts';

/** What is kept here is small; more than this was not written by us. */
const MAX_BYTES = 64 * 1024;

export type PrivateText =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Small texts in a folder that only this user can write to. Links are followed nowhere, what belongs
 * to others is refused, and a text is there whole or not at all.
 */
export class PrivateFolder {
  readonly path: string;
  /** Writes of one process come one after another. */
  #last: Promise<void> = Promise.resolve();
  #written = 0;

  /**
   * Makes the folder where it is missing; the one above it has to be there, and to be sound.
   * @throws Error with the reason where it cannot be made, or is not ours alone
   */
  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const stats = lstatSync(path);
    if (!stats.isDirectory()) throw new Error(`expected a folder, found another thing: ${path}`);
    const fault = ownershipFault(stats);
    if (fault !== undefined) throw new Error(`${path} ${fault}`);
  }

  /** Reads at once: at the start nothing may happen before it is known. */
  read(name: string): PrivateText {
    const path = join(this.path, name);
    let file: number;
    try {
      // Without O_NONBLOCK a FIFO would wait for someone who writes.
      file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return { kind: 'nothing' };
      return { kind: 'refused', reason: code === 'ELOOP' ? `${path} is a link` : String(error) };
    }
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return { kind: 'refused', reason: `${path} is no file` };
      const fault = ownershipFault(stats);
      if (fault !== undefined) return { kind: 'refused', reason: `${path} ${fault}` };
      const bytes = Buffer.alloc(MAX_BYTES + 1);
      const length = readSync(file, bytes, 0, bytes.length, 0);
      if (length <= MAX_BYTES) return { kind: 'text', text: bytes.toString('utf8', 0, length) };
      return { kind: 'refused', reason: `${path} has more than ${MAX_BYTES} bytes` };
    } catch (error) {
      return { kind: 'refused', reason: String(error) };
    } finally {
      closeSync(file);
    }
  }

  /** Rejects where the text cannot be kept; then what was there before is still there. */
  write(name: string, text: string): Promise<void> {
    return this.#queue(async () => {
      const path = join(this.path, name);
      const draft = `${path}.${process.pid}.${this.#written++}`;
      await rm(draft, { force: true }); // of a process that had this id before
      const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
      try {
        const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
        try {
          await file.writeFile(text);
          await file.datasync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw error;
      }
    });
  }

  /** What is not there is removed already. */
  remove(name: string): Promise<void> {
    return this.#queue(() => rm(join(this.path, name), { force: true }));
  }

  #queue(act: () => Promise<void>): Promise<void> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

function ownershipFault({ uid, mode }: Stats): string | undefined {
  if (uid !== thisUser) return `belongs to the user ${uid}, not to ${thisUser}`;
  if ((mode & 0o022) === 0) return undefined;
  return `may be written to by others (mode ${(mode & 0o7777).toString(8)}, expected 700)`;
}
