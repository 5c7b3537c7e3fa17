/** How far back a joint state can be compared with what was commanded; about a second at 50 Hz. */
const LENGTH = 64;

/**
 * What was commanded, and when: a joint state tells where the arm was at its stamp, so it is compared
 * with the commands of that time and never with those of now.
 */
export class CommandHistory {
  readonly #positions: readonly Float64Array[];
  readonly #timesNs = new BigInt64Array(LENGTH);
  #count = 0;

  /** @param size number of joints */
  constructor(size: number) {
    this.#positions = Array.from({ length: LENGTH }, () => new Float64Array(size));
  }

  /** Forgets everything, as after a jump of the clock. */
  clear(): void {
    this.#count = 0;
  }

  /** Adds the command of the period that begins at `nowNs`; times must not decrease. */
  add(nowNs: bigint, positions: Float64Array): void {
    const at = this.#count % LENGTH;
    this.#positions[at]!.set(positions);
    this.#timesNs[at] = nowNs;
    this.#count += 1;
  }

  /**
   * Largest distance of a joint from the range of its commands between `fromNs` and `toNs`, rad; the
   * command that was in force at `fromNs` counts, too.
   *
   * @param measured joint positions, rad
   * @returns undefined when the history does not reach back to `fromNs`
   */
  distance(measured: Float64Array, fromNs: bigint, toNs: bigint): number | undefined {
    const kept = Math.min(this.#count, LENGTH);
    let first = this.#count - kept;
    if (kept === 0 || this.#timesNs[first % LENGTH]! > fromNs) return undefined;
    let last = this.#count - 1;
    while (last > first && this.#timesNs[last % LENGTH]! > toNs) last -= 1;
    for (let k = last; k > first; k--) if (this.#timesNs[k % LENGTH]! <= fromNs) first = k;
    let most = 0;
    for (let i = 0; i < measured.length; i++) {
      let [lower, upper] = [Infinity, -Infinity];
      for (let k = first; k <= last; k++) {
        const commanded = this.#positions[k % LENGTH]![i]!;
        lower = Math.min(lower, commanded);
        upper = Math.max(upper, commanded);
      }
      most = Math.max(most, lower - measured[i]!, measured[i]! - upper);
    }
    return most;
  }
}
