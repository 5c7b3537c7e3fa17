import type { Heartbeat } from '../../core/supervision/Heartbeat.ts';
import { hostIdentity, startOfProcess } from '../shared/processIdentity.ts';

/** The processes of this machine that sent heartbeats: they, and no others, may be ended. */
export class LocalProcesses {
  readonly #host = hostIdentity();
  /** When each was started, by its id. */
  readonly #starts = new Map<number, string>();

  see({ host, pid }: Heartbeat): void {
    if (host !== this.#host || this.#starts.has(pid)) return;
    const start = startOfProcess(pid);
    if (start !== undefined) this.#starts.set(pid, start);
  }

  /** Ends a process by force, also one that is stopped; says what came of it. */
  kill(host: string, pid: number): string {
    if (host !== this.#host) return `it runs elsewhere (${host.split(' ')[0]})`;
    const start = this.#starts.get(pid);
    this.#starts.delete(pid);
    if (start === undefined || startOfProcess(pid) !== start) return `process ${pid} has ended`;
    try {
      process.kill(pid, 'SIGKILL');
      return `process ${pid} was killed`;
    } catch (error) {
      return `process ${pid} cannot be killed: ${(error as Error).message}`;
    }
  }
}
