import type { Heartbeat } from './Heartbeat.ts';
import type { ProvenProcess, Witness } from './Witness.ts';

/** A main thread at work goes to sleep at least so often within a period of its heartbeats. */
const MIN_SLEEPS = 2;

/** The process whose heartbeats count for a node, as far as anybody knows it. */
export class Source {
  readonly host: string;
  readonly pid: number;
  readonly #witness: Witness;
  #proof: ProvenProcess | undefined;
  #trace: string | undefined;
  #sleeps: { readonly count: number; readonly sec: number } | undefined;
  /** Heartbeats that counted. */
  beats = 0;
  /** When it said that it leaves; it has to be gone soon. */
  leavingSec: number | undefined;
  /** It said so and was heard again: someone lies in its name. */
  leaveIsForged = false;
  /** When it was first found to be gone. */
  goneSec: number | undefined;

  constructor(
    { host, pid }: Pick<Heartbeat, 'host' | 'pid'>,
    witness: Witness,
    proof: ProvenProcess | undefined,
  ) {
    this.host = host;
    this.pid = pid;
    this.#witness = witness;
    this.#proof = proof;
    this.#trace = proof && witness.traceOf(proof);
  }

  /** What the kernel shows; absent for a process of another machine, or of another launch. */
  get proof(): ProvenProcess | undefined {
    return this.#proof;
  }

  isSender({ host, pid }: Heartbeat): boolean {
    return host === this.host && pid === this.pid;
  }

  /** Tries again to prove what could not be proven at the first heartbeat. */
  prove(heartbeat: Heartbeat): void {
    this.#proof ??= this.#witness.prove(heartbeat);
  }

  /** Proven to have ended. */
  isGone(): boolean {
    return this.#proof !== undefined && !this.#witness.isThere(this.#proof);
  }

  /** Why no heartbeat that comes now can be of this process; `undefined` where it may be. */
  impossible(): string | undefined {
    if (this.#proof === undefined) return undefined;
    if (this.isGone()) return `process ${this.pid}, which has ended, is said to live`;
    // A main thread sends nothing without running, and between two heartbeats it sleeps.
    const trace = this.#witness.traceOf(this.#proof);
    const hasRun = trace === undefined || trace !== this.#trace;
    this.#trace = trace;
    return hasRun ? undefined : `process ${this.pid}, which does not run, is said to live`;
  }

  /** Where heartbeats may be lost: a main thread that goes to sleep again and again does its work. */
  isSeenAtWork(nowSec: number, periodSec: number): boolean {
    const before = this.#sleeps;
    if (!this.#proof || (before && nowSec - before.sec < periodSec)) return false;
    const count = this.#witness.sleepsOf(this.#proof);
    this.#sleeps = count === undefined ? undefined : { count, sec: nowSec };
    return count !== undefined && before !== undefined && count - before.count >= MIN_SLEEPS;
  }
}

/** `process 7 of robot` */
export function describe({ host, pid }: Pick<Heartbeat, 'host' | 'pid'>): string {
  return `process ${pid} of ${host.split(' ')[0]}`;
}
