/** Faster than this multiple of its limit a joint cannot be. */
const IMPOSSIBLE = 3;
/** Noise and calibration of a joint that leaps nowhere, rad. */
const SLACK_RAD = 0.1;
/** One leap is a simulator's reset; this many within `WINDOW_NS` contradict one another. */
const LEAPS = 3;
const WINDOW_NS = 1_000_000_000n;

/** Notices joint states that contradict one another, as those of two publishers do. */
export class LeapDetector {
  readonly #names: readonly string[];
  readonly #velocity: readonly number[];
  readonly #last: Float64Array;
  #lastNs: bigint | undefined;
  #leapsNs: bigint[] = [];
  #worst = '';

  /** @param velocity limits of the arm's joints, rad/s */
  constructor(names: readonly string[], velocity: readonly number[]) {
    this.#names = names;
    this.#velocity = velocity;
    this.#last = new Float64Array(velocity.length);
  }

  /** Takes a new sample. */
  add(stampNs: bigint, positions: Float64Array): void {
    const elapsedNs = this.#lastNs === undefined ? undefined : stampNs - this.#lastNs;
    this.#lastNs = stampNs;
    if (elapsedNs !== undefined)
      this.#compare(stampNs, Math.abs(Number(elapsedNs)) / 1e9, positions);
    this.#last.set(positions.subarray(0, this.#last.length));
  }

  /** Why joint states cannot be believed; undefined when they can. */
  contradiction(): string | undefined {
    const newestNs = this.#lastNs ?? 0n;
    this.#leapsNs = this.#leapsNs.filter((ns) => ns <= newestNs && newestNs - ns <= WINDOW_NS);
    if (this.#leapsNs.length < LEAPS) return undefined;
    return `joint states contradict one another (${this.#worst}): is there a second publisher?`;
  }

  #compare(stampNs: bigint, elapsedSec: number, positions: Float64Array): void {
    for (let i = 0; i < this.#last.length; i++) {
      const step = Math.abs(positions[i]! - this.#last[i]!);
      if (step <= SLACK_RAD + IMPOSSIBLE * this.#velocity[i]! * elapsedSec) continue;
      this.#worst = `${this.#names[i]} leaps by ${step.toFixed(2)} rad in ${elapsedSec.toFixed(3)} s`;
      this.#leapsNs.push(stampNs);
      if (this.#leapsNs.length > LEAPS) this.#leapsNs.shift();
      return;
    }
  }
}
