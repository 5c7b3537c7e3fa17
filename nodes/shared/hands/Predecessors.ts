import type { PrivateFolder } from '../../../adapters/files/PrivateFolder.ts';
import { hostIdentity, isRunning, startOfProcess } from '../process/processIdentity.ts';

/** Of more processes no trace is left in the graph. */
const MOST = 16;

/** A process that did, or does, what this node does, by its endpoints in the graph. */
type Predecessor = {
  readonly host: string;
  readonly pid: number;
  readonly start: string;
  readonly gids: readonly string[];
};

/**
 * The processes that were this node before, on this machine. The graph shows a process that was killed
 * for some 20 s more; here it is proven, by the kernel, that it has ended. What was not written down
 * by the process itself, in a folder of this user alone, is never taken for dead.
 */
export class Predecessors {
  readonly #folder: PrivateFolder | undefined;
  readonly #file: string;
  readonly #host = hostIdentity();
  readonly #known: readonly Predecessor[];

  constructor(folder: PrivateFolder | undefined, key: string) {
    this.#folder = folder;
    this.#file = `hands-${key}.json`;
    const found = folder?.read(this.#file);
    this.#known = found?.kind === 'text' ? parse(found.text) : [];
  }

  /** Lets a successor know that these endpoints are of this process. */
  async introduce(gids: readonly string[]): Promise<void> {
    const start = startOfProcess(process.pid);
    if (this.#folder === undefined || start === undefined) return;
    const self: Predecessor = { host: this.#host, pid: process.pid, start, gids };
    const all = [...this.#known, self].slice(-MOST);
    await this.#folder.write(this.#file, `${JSON.stringify(all)}\n`);
  }

  /** Whether an endpoint belongs to a process that has ended, although the graph may still show it. */
  isDead(gid: string): boolean {
    return this.#known.some(
      ({ host, pid, start, gids }) =>
        host === this.#host && gids.includes(gid) && !isRunning(pid, start),
    );
  }
}

/** None if it is not as `introduce` writes it: then no process is taken for ended. */
function parse(text: string): readonly Predecessor[] {
  try {
    const found: unknown = JSON.parse(text);
    return Array.isArray(found) ? found.filter(isPredecessor).slice(-MOST) : [];
  } catch {
    return [];
  }
}

function isPredecessor(value: unknown): value is Predecessor {
  if (typeof value !== 'object' || value === null) return false;
  const { host, pid, start, gids } = value as Partial<Record<keyof Predecessor, unknown>>;
  const areTexts = [host, start].every((one) => typeof one === 'string');
  const areGids = Array.isArray(gids) && gids.every((gid) => typeof gid === 'string');
  return areTexts && areGids && Number.isSafeInteger(pid) && (pid as number) > 0;
}
