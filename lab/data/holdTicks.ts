import { Random } from '../../core/math/random.ts';
import { UNKNOWN_WORD } from '../../sim/tasks/wordMasking.ts';
import type { Scene } from '../../sim/world/Scene.ts';

const SHORT_TICKS = 5;
/** In a share of the episodes the arm keeps still, for up to this many ticks in all. */
const LONG_SHARE = 0.25;
const MAX_TICKS = 60;

/**
 * For how many ticks recording continues when the task is done: the policy learns to stay. Mostly few,
 * for little is to be seen; sometimes many, for an arm that drifts is to stay nevertheless. Always
 * many where an unknown word is in a sentence about a drawer, which may not say then whether it is to
 * be opened or closed: once it is open, only the arm before it tells that it was to be opened.
 */
export function holdTicks({ goal, instruction }: Scene, seed: number): number {
  const isOfDrawer = goal.kind === 'open' || goal.kind === 'close';
  if (isOfDrawer && instruction.includes(UNKNOWN_WORD)) return MAX_TICKS;
  const random = new Random(seed).fork('hold');
  return random.uniform() < LONG_SHARE
    ? SHORT_TICKS + random.int(MAX_TICKS - SHORT_TICKS + 1)
    : SHORT_TICKS;
}

/** Says when an episode was recorded long enough. */
export class RecordingEnd {
  readonly #maxTicks: number;
  readonly #holdTicks: number;
  readonly #fromTick: number;
  #firstDone: number | undefined;
  #isDone = false;

  /** From `fromTick` on a task can be done: before, a second instruction is to come. */
  constructor(maxTicks: number, hold: number, fromTick = 0) {
    this.#maxTicks = maxTicks;
    this.#holdTicks = hold;
    this.#fromTick = fromTick;
  }

  /** Whether all is as it should be at a tick; an arm that drifts away has left that again. */
  see(tick: number, isDone: boolean): void {
    this.#isDone = isDone && tick >= this.#fromTick;
    if (this.#isDone) this.#firstDone ??= tick;
  }

  /** Whether a tick need not be recorded any more: time is up, or the task was done long enough. */
  isBefore(tick: number): boolean {
    if (this.#firstDone === undefined) return tick >= this.#maxTicks;
    const isHeld = tick >= this.#firstDone + this.#holdTicks;
    return isHeld && (this.#isDone || tick >= this.#maxTicks);
  }
}
