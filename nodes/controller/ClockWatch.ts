/** A simulated clock may pause between two steps, but not for longer. */
const STANDSTILL_MS = 500;

/** Notices that simulated time stands still while the time of the process passes. */
export class ClockWatch {
  #lastNs: bigint | undefined;
  #sinceMs = 0;

  /** Returns why there are no control periods, if so. Call it several times a second. */
  check(nowNs: bigint, processMs: number): string | undefined {
    if (nowNs !== this.#lastNs) {
      this.#lastNs = nowNs;
      this.#sinceMs = processMs;
      return undefined;
    }
    const standingMs = processMs - this.#sinceMs;
    if (standingMs < STANDSTILL_MS) return undefined;
    return `/clock stands still for ${(standingMs / 1000).toFixed(1)} s`;
  }
}
