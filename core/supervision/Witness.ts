import type { Heartbeat } from './Heartbeat.ts';

/** A process of which the kernel shows which node of this launch it is. */
export type ProvenProcess = {
  /** Full name, e.g. `/arm1/policy`. */
  readonly node: string;
  readonly pid: number;
  /** When it was started, in ticks since the boot: ids are used again. */
  readonly start: string;
};

/**
 * What the kernel says of the processes that heartbeats tell of. Anybody can send a heartbeat; no one
 * on the network can change what a witness sees.
 */
export type Witness = {
  /** The process that a heartbeat names, where it is proven to be that node of this launch. */
  prove(heartbeat: Heartbeat): ProvenProcess | undefined;
  /** A process that is proven to be that node of this launch, heard or not. */
  find(node: string): ProvenProcess | undefined;
  /** Whether it is still there, and has not ended. */
  isThere(process: ProvenProcess): boolean;
  /** Another text whenever its main thread has run in between; `undefined` where that is not known. */
  traceOf(process: ProvenProcess): string | undefined;
  /** How often its main thread went to sleep by itself; `undefined` where that is not known. */
  sleepsOf(process: ProvenProcess): number | undefined;
};
