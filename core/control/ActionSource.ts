import type { ActionChunk } from '../action/ActionChunk.ts';

/** One action with its origin. */
export type SourcedAction = {
  readonly tick: number;
  /** Canonical action, see `ActionChunk`. */
  readonly values: ArrayLike<number>;
  readonly chunkId: bigint;
  readonly observationId: bigint;
  readonly planId: bigint;
  readonly epoch: number;
  /** Row of its chunk. */
  readonly row: number;
};

export type ChunkAnswer =
  | { readonly accepted: true; readonly droppedRows: number }
  | { readonly accepted: false; readonly reason: string };

/** The queue of chunks as the controller sees it. */
export type ActionSource = {
  push(chunk: ActionChunk, t0: number, nextTick: number): ChunkAnswer;
  /** The action of this tick, consumed; undefined where there is none. */
  pop(tick: number): SourcedAction | undefined;
  /** What `pop` would give if nothing else arrived; without it each tick ends at rest. */
  peek?(tick: number): SourcedAction | undefined;
  /** Rows that are left from this tick on. */
  leftover(tick: number): number;
  clear(): void;
};
