/** How well the arm has to follow its commands. */
export type FollowingLimits = {
  /** Per arm joint, rad; of one number all joints have it. */
  readonly toleranceRad: readonly number[];
  /** The arm may be this far behind its commands; whatever was commanded within this time is right. */
  readonly delaySec: number;
  /** A joint may be further away than its tolerance for this long. */
  readonly timeSec: number;
};

/**
 * Finds out that the arm does not follow its commands: it is blocked, without torque, or its driver
 * takes no commands any more.
 *
 * A joint's error is how far it is outside the range of what it was commanded within the last
 * `delaySec`: an arm that is late has none.
 */
export class FollowingMonitor {
  readonly #names: readonly string[];
  readonly #tolerance: Float64Array;
  readonly #mostPeriods: number;
  readonly #periodSec: number;
  /** The last commands, one after another; a ring. */
  readonly #commands: Float64Array[];
  #commandCount = 0;
  readonly #periodsBeyond: Int32Array;

  /** @throws RangeError where the tolerances are neither one nor as many as the joints */
  constructor(names: readonly string[], limits: FollowingLimits, periodSec: number) {
    const { toleranceRad, delaySec, timeSec } = limits;
    if (toleranceRad.length !== 1 && toleranceRad.length !== names.length) {
      const expected = `1 or ${names.length} (${names.join(', ')})`;
      throw new RangeError(`toleranceRad: expected ${expected}, found ${toleranceRad.length}`);
    }
    this.#names = names;
    this.#periodSec = periodSec;
    this.#tolerance = Float64Array.from(names, (_, i) => toleranceRad[i] ?? toleranceRad[0]!);
    this.#mostPeriods = Math.round(timeSec / periodSec);
    const kept = 1 + Math.round(delaySec / periodSec);
    this.#commands = Array.from({ length: kept }, () => new Float64Array(names.length));
    this.#periodsBeyond = new Int32Array(names.length);
  }

  /** Forgets what was commanded: the arm begins again, or others may move it. */
  restart(): void {
    this.#commandCount = 0;
    this.#periodsBeyond.fill(0);
  }

  /**
   * Call it once a period.
   *
   * @param commanded joint positions of the last command, rad
   * @param measured joint positions of the latest joint state, rad
   * @returns which joint does not follow, and by how much; undefined where all do
   */
  check(commanded: Float64Array, measured: Float64Array): string | undefined {
    this.#commands[this.#commandCount++ % this.#commands.length]!.set(commanded);
    let worst: string | undefined;
    for (const [i, name] of this.#names.entries()) {
      const error = this.#errorOf(i, measured[i]!);
      const isBeyond = error > this.#tolerance[i]!;
      this.#periodsBeyond[i] = isBeyond ? this.#periodsBeyond[i]! + 1 : 0;
      if (this.#periodsBeyond[i]! > this.#mostPeriods) {
        const forSec = (this.#periodsBeyond[i]! * this.#periodSec).toFixed(2);
        worst ??= `following error: ${name} is ${error.toFixed(3)} rad from its command for ${forSec} s`;
      }
    }
    return worst;
  }

  #errorOf(i: number, measured: number): number {
    const kept = Math.min(this.#commandCount, this.#commands.length);
    let lower = Infinity;
    let upper = -Infinity;
    for (let k = 0; k < kept; k++) {
      const commanded = this.#commands[k]![i]!;
      lower = Math.min(lower, commanded);
      upper = Math.max(upper, commanded);
    }
    return Math.max(0, lower - measured, measured - upper);
  }
}
