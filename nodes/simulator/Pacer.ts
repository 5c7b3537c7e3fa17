/** More steps than this are not made up for at once. */
const MAX_STEPS_AT_ONCE = 5;
/** The factor is an average over so much time. */
const WINDOW_MS = 2000;

/**
 * Says how many steps of simulated time are due, and how fast simulated time really passes. Short
 * delays are caught up with; time lost beyond that is given up and counted, and the factor shows it.
 */
export class Pacer {
  readonly #stepSec: number;
  readonly #stepMs: number;
  #originMs: number | undefined;
  #stepsSinceOrigin = 0;
  #lostSteps = 0;
  #history: { readonly atMs: number; readonly steps: number }[] = [];

  /**
   * @param stepSec simulated length of a step
   * @param realTimeFactor simulated seconds that should pass in a second
   */
  constructor(stepSec: number, realTimeFactor: number) {
    this.#stepSec = stepSec;
    this.#stepMs = (stepSec / realTimeFactor) * 1000;
  }

  /** Steps that were given up since the start. */
  get lostSteps(): number {
    return this.#lostSteps;
  }

  /** Begins to count time again, as after a pause. */
  restart(nowMs: number): void {
    this.#originMs = nowMs;
    this.#stepsSinceOrigin = 0;
    this.#history = [];
  }

  /** Steps to make now; they count as made. */
  due(nowMs: number): number {
    this.#originMs ??= nowMs;
    const late = Math.floor((nowMs - this.#originMs) / this.#stepMs) - this.#stepsSinceOrigin;
    const steps = Math.min(Math.max(0, late), MAX_STEPS_AT_ONCE);
    this.#lostSteps += Math.max(0, late) - steps;
    this.#stepsSinceOrigin += Math.max(0, late);
    this.#history.push({ atMs: nowMs, steps });
    this.#history = this.#history.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
    return steps;
  }

  /** Simulated seconds per second over the last two seconds; `undefined` in the beginning. */
  realTimeFactor(): number | undefined {
    const first = this.#history[0];
    const last = this.#history.at(-1);
    if (!first || !last || last.atMs - first.atMs < WINDOW_MS / 2) return undefined;
    const steps = this.#history.reduce((sum, entry) => sum + entry.steps, 0) - first.steps;
    return (steps * this.#stepSec * 1000) / (last.atMs - first.atMs);
  }
}
