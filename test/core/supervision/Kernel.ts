import type { Heartbeat } from '../../../core/supervision/Heartbeat.ts';
import type { ProvenProcess, Witness } from '../../../core/supervision/Witness.ts';

/** What a kernel knows of the processes that the launch on the machine `here` has started. */
export class Kernel implements Witness {
  readonly #nodes = new Map<number, string>();
  readonly #runs = new Map<number, number>();

  start(node: string, pid: number): void {
    this.#nodes.set(pid, node);
  }

  /** Its main thread is woken and goes to sleep again. */
  run(pid: number): void {
    this.#runs.set(pid, (this.#runs.get(pid) ?? 0) + 1);
  }

  end(pid: number): void {
    this.#nodes.delete(pid);
  }

  prove({ node, host, pid }: Heartbeat): ProvenProcess | undefined {
    const isProven = host === 'here' && this.#nodes.get(pid) === node;
    return isProven ? { node, pid, start: `start of ${pid}` } : undefined;
  }

  find(node: string): ProvenProcess | undefined {
    const [pid] = [...this.#nodes].find(([, name]) => name === node) ?? [];
    return pid === undefined ? undefined : { node, pid, start: `start of ${pid}` };
  }

  isThere({ pid }: ProvenProcess): boolean {
    return this.#nodes.has(pid);
  }

  traceOf({ pid }: ProvenProcess): string {
    return String(this.#runs.get(pid) ?? 0);
  }

  sleepsOf({ pid }: ProvenProcess): number {
    return this.#runs.get(pid) ?? 0;
  }
}
