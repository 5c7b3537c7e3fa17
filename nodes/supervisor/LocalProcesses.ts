import { join } from 'node:path';
import type { Heartbeat } from '../../core/supervision/Heartbeat.ts';
import type { ProvenProcess, Witness } from '../../core/supervision/Witness.ts';
import { hostIdentity } from '../shared/process/processIdentity.ts';
import { LaunchTree, type LaunchTreeOptions } from './LaunchTree.ts';
import { readProcess, readText } from './processTable.ts';

/** Between two looks at all processes, however many heartbeats name unknown ones. */
const LOOK_PERIOD_MS = 250;
/** Processes that are remembered to be none of ours, and for how long: a shell may become a node. */
const MAX_STRANGERS = 64;
const STRANGER_MS = 5000;

/** What the kernel of this machine says of the nodes of this launch: they alone may be ended. */
export class LocalProcesses implements Witness {
  readonly #host = hostIdentity();
  readonly #proc: string;
  readonly #tree: LaunchTree;
  readonly #nowMs: () => number;
  #nodes: readonly ProvenProcess[] = [];
  #lookedMs = -Infinity;
  /** Ids of processes of this machine that a look has not found. */
  readonly #strangers = new Map<number, { readonly start: string; readonly untilMs: number }>();

  constructor(options: LaunchTreeOptions & { readonly nowMs?: () => number } = {}) {
    this.#proc = options.proc ?? '/proc';
    this.#tree = new LaunchTree(options);
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  prove({ node, host, pid }: Heartbeat): ProvenProcess | undefined {
    if (host !== this.#host) return undefined;
    const start = readProcess(this.#proc, pid)?.start;
    if (start === undefined) return undefined;
    const known = this.#find({ node, pid, start });
    const nowMs = this.#nowMs();
    const stranger = this.#strangers.get(pid);
    if (known || (stranger?.start === start && nowMs < stranger.untilMs)) return known;
    if (nowMs - this.#lookedMs < LOOK_PERIOD_MS) return undefined;
    this.#look();
    const found = this.#find({ node, pid, start });
    if (!found) this.#remember(pid, { start, untilMs: nowMs + STRANGER_MS });
    return found;
  }

  find(node: string): ProvenProcess | undefined {
    if (this.#nowMs() - this.#lookedMs >= LOOK_PERIOD_MS) this.#look();
    return this.#nodes.find((one) => one.node === node && this.isThere(one));
  }

  isThere({ pid, start }: ProvenProcess): boolean {
    return readProcess(this.#proc, pid)?.start === start;
  }

  traceOf({ pid }: ProvenProcess): string | undefined {
    // Time on a core, time of waiting for one, how often it got one; zeros where nothing is counted.
    const text = readText(this.#ofMainThread(pid, 'schedstat'));
    return text?.startsWith('0 0 0') ? undefined : text;
  }

  sleepsOf({ pid }: ProvenProcess): number | undefined {
    const status = readText(this.#ofMainThread(pid, 'status')) ?? '';
    const count = /^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)?.[1];
    return count === undefined ? undefined : Number(count);
  }

  /** Ends a process by force, also one that is stopped; says what came of it. */
  end(known: ProvenProcess): string {
    const { pid } = known;
    this.#look();
    const isProven = this.#find(known) !== undefined;
    // Again, right before: the look took some milliseconds.
    if (!this.isThere(known)) return `process ${pid} has ended`;
    if (!isProven)
      return `process ${pid} is left as it is: nothing proves any more that this launch has started it`;
    try {
      process.kill(pid, 'SIGKILL');
      return `process ${pid} was killed`;
    } catch (error) {
      return `process ${pid} cannot be killed: ${(error as Error).message}`;
    }
  }

  #look(): void {
    this.#lookedMs = this.#nowMs();
    this.#nodes = this.#tree.nodes();
  }

  #find({ node, pid, start }: ProvenProcess): ProvenProcess | undefined {
    return this.#nodes.find((one) => one.node === node && one.pid === pid && one.start === start);
  }

  #remember(pid: number, stranger: { readonly start: string; readonly untilMs: number }): void {
    if (this.#strangers.size >= MAX_STRANGERS) this.#strangers.clear();
    this.#strangers.set(pid, stranger);
  }

  #ofMainThread(pid: number, file: string): string {
    return join(this.#proc, String(pid), 'task', String(pid), file);
  }
}
