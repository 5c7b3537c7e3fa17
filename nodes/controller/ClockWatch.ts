/** A simulated clock may pause this long between two steps, whatever its usual pace. */
const SHORTEST_STANDSTILL_MS = 500;
/** However slow a world is, a clock that pauses for longer stands still. */
const LONGEST_STANDSTILL_MS = 5000;
/** A clock stands still when it pauses this many times as long as it usually does. */
const UNUSUAL_FACTOR = 3;
/** How many of the last steps tell what is usual. */
const REMEMBERED_STEPS = 100;

/**
 * Notices that simulated time stands still while the time of the process passes. A slow world, such as
 * one whose cameras take a second to render, does not stand still: the pauses between its steps show
 * how long a pause may be.
 */
export class ClockWatch {
  #lastNs: bigint | undefined;
  #sinceMs = 0;
  /** Pauses before the last steps, ms; as long as the calls of `check` are apart at least. */
  readonly #pausesMs: number[] = [];

  /** Returns why there are no control periods, if so. Call it several times a second. */
  check(nowNs: bigint, processMs: number): string | undefined {
    if (nowNs !== this.#lastNs) {
      if (this.#lastNs !== undefined) this.#remember(processMs - this.#sinceMs);
      this.#lastNs = nowNs;
      this.#sinceMs = processMs;
      return undefined;
    }
    const standingMs = processMs - this.#sinceMs;
    if (standingMs < this.#limitMs()) return undefined;
    return `/clock stands still for ${(standingMs / 1000).toFixed(1)} s`;
  }

  #remember(pauseMs: number): void {
    this.#pausesMs.push(pauseMs);
    if (this.#pausesMs.length > REMEMBERED_STEPS) this.#pausesMs.shift();
  }

  /** By the second longest pause: one long pause alone, as of a person who paused the world, is not usual. */
  #limitMs(): number {
    const [, usualMs = 0] = [...this.#pausesMs].sort((a, b) => b - a);
    const limitMs = Math.max(SHORTEST_STANDSTILL_MS, UNUSUAL_FACTOR * usualMs);
    return Math.min(LONGEST_STANDSTILL_MS, limitMs);
  }
}
