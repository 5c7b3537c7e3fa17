import type { ActionChunk } from '../action/ActionChunk.ts';
import { blendCandidates, type Candidate } from './blendCandidates.ts';

/** How overlapping chunks become one action a tick. */
export const QUEUE_MODES = ['ensemble', 'receding'] as const;
export type QueueMode = (typeof QUEUE_MODES)[number];

export type ActionQueueOptions = {
  /** Numbers in one action. */
  readonly dim: number;
  readonly mode: QueueMode;
  /** `ensemble`: chunks whose t0 is less than this many ticks before the newest one's are blended. */
  readonly ensembleHorizon: number;
  /** `ensemble`: weight of a candidate is exp(alpha · cos(candidate, newest)); 0.1 by default. */
  readonly ensembleAlpha?: number;
  /** `receding`: rows of a chunk that are executed before a newer chunk takes over. */
  readonly executionHorizon: number;
};

export type PushResult =
  | { readonly accepted: true; readonly droppedRows: number }
  | { readonly accepted: false; readonly reason: string };

/** One action, and where it comes from (of a blend: the newest chunk in it). */
export type PoppedAction = {
  readonly tick: number;
  readonly values: Float32Array;
  readonly chunkId: bigint;
  readonly observationId: bigint;
  readonly planId: bigint;
  readonly epoch: number;
  readonly row: number;
};

type Entry = { readonly chunk: ActionChunk; readonly t0: number };

/**
 * Chunks laid over a line of ticks: row k of a chunk belongs to tick t0 + k and to no other, so a
 * chunk that comes late loses as many rows as ticks have been consumed, whatever the clock says.
 *
 * Ticks are popped in ascending order, each at most once. Whether a chunk is sound (finite, of this
 * arm, of this epoch) is the controller's business.
 */
export class ActionQueue {
  readonly #dim: number;
  readonly #mode: QueueMode;
  readonly #ensembleHorizon: number;
  readonly #ensembleAlpha: number;
  readonly #executionHorizon: number;
  /** Ascending by t0; at most one for a t0. */
  #entries: Entry[] = [];
  /** `receding`: what is being executed, and for how many ticks it has been. */
  #active: Entry | undefined;
  #activeRows = 0;
  #lastTick = -Infinity;

  constructor(options: ActionQueueOptions) {
    this.#dim = positiveInteger('dim', options.dim);
    this.#mode = options.mode;
    this.#ensembleHorizon = positiveInteger('ensembleHorizon', options.ensembleHorizon);
    this.#ensembleAlpha = options.ensembleAlpha ?? 0.1;
    this.#executionHorizon = positiveInteger('executionHorizon', options.executionHorizon);
  }

  /**
   * Lays a chunk over the ticks from `t0` on; `nextTick` is the first that is not consumed yet. Of
   * two chunks for the same t0 the later one counts; one older than the newest is refused.
   */
  push(chunk: ActionChunk, t0: number, nextTick: number): PushResult {
    const newest = this.#entries.at(-1);
    if (chunk.dim !== this.#dim) {
      return refuse(`chunk ${chunk.id}: expected ${this.#dim} numbers a row, found ${chunk.dim}`);
    }
    if (t0 > nextTick) {
      return refuse(`chunk ${chunk.id}: begins at tick ${t0}, but tick ${nextTick} is next`);
    }
    if (t0 + chunk.horizon <= nextTick) {
      return refuse(
        `chunk ${chunk.id}: too late, all ${chunk.horizon} rows from tick ${t0} are past ${nextTick}`,
      );
    }
    if (newest !== undefined && t0 < newest.t0) {
      return refuse(`chunk ${chunk.id}: superseded, of tick ${t0}, newest is of ${newest.t0}`);
    }
    if (newest?.t0 === t0) this.#entries.pop();
    const entry = { chunk, t0 };
    this.#entries.push(entry);
    this.#forget(nextTick, entry);
    return { accepted: true, droppedRows: Math.max(0, nextTick - t0) };
  }

  /**
   * The action of a tick; undefined where no chunk covers it, and then the tick may be asked for
   * again.
   *
   * @throws RangeError for a tick that was popped already, or for one before it
   */
  pop(tick: number): PoppedAction | undefined {
    if (tick <= this.#lastTick) {
      throw new RangeError(`tick ${tick} was asked for after tick ${this.#lastTick}`);
    }
    const action = this.peek(tick);
    if (action === undefined) return undefined;
    this.#lastTick = tick;
    const executed = this.#entryFor(tick);
    this.#activeRows = executed === this.#active ? this.#activeRows + 1 : 1;
    this.#active = executed;
    return action;
  }

  /** What `pop` would give if nothing else arrived until then. */
  peek(tick: number): PoppedAction | undefined {
    const entry = this.#entryFor(tick);
    if (entry === undefined) return undefined;
    const values =
      this.#mode === 'ensemble'
        ? blendCandidates(this.#candidatesFor(tick, entry), this.#ensembleAlpha)
        : Float32Array.from(rowOf(entry, tick));
    const { id: chunkId, observationId, planId, epoch } = entry.chunk;
    return { tick, values, chunkId, observationId, planId, epoch, row: tick - entry.t0 };
  }

  /** Ticks from `tick` on for which there is an action. */
  leftover(tick: number): number {
    let end = tick;
    for (const { chunk, t0 } of this.#entries) end = Math.max(end, t0 + chunk.horizon);
    return end - tick;
  }

  /** Forgets every chunk; popped ticks stay popped. */
  clear(): void {
    this.#entries = [];
    this.#active = undefined;
    this.#activeRows = 0;
  }

  /** The newest chunk for a tick, or in a receding horizon the one whose turn it still is. */
  #entryFor(tick: number): Entry | undefined {
    const active = this.#active;
    const continues =
      this.#mode === 'receding' &&
      active !== undefined &&
      this.#activeRows < this.#executionHorizon &&
      covers(active, tick) &&
      this.#entries.includes(active);
    return continues ? active : this.#entries.findLast((entry) => covers(entry, tick));
  }

  /** What the chunks of the ensemble say about a tick, the newest one's word last. */
  #candidatesFor(tick: number, newest: Entry): Candidate[] {
    const first = newest.t0 - this.#ensembleHorizon + 1;
    return this.#entries
      .filter((entry) => entry.t0 >= first && entry.t0 <= newest.t0 && covers(entry, tick))
      .map((entry) => rowOf(entry, tick));
  }

  /** Drops what covers no tick from `tick` on, and what is too old for anything. */
  #forget(tick: number, newest: Entry): void {
    const first = this.#mode === 'ensemble' ? newest.t0 - this.#ensembleHorizon + 1 : newest.t0;
    this.#entries = this.#entries.filter(
      (entry) => covers(entry, tick) && (entry.t0 >= first || entry === this.#active),
    );
  }
}

function covers({ chunk, t0 }: Entry, tick: number): boolean {
  return tick >= t0 && tick < t0 + chunk.horizon;
}

function rowOf({ chunk, t0 }: Entry, tick: number): Float32Array {
  const { actions, dim } = chunk;
  return actions.subarray((tick - t0) * dim, (tick - t0 + 1) * dim);
}

function positiveInteger(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${name}: expected an integer of at least 1, found ${value}`);
}

function refuse(reason: string): PushResult {
  return { accepted: false, reason };
}
