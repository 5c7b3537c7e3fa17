/** An arm whose joints stay within this band rests, rad: wider than the noise of its encoders. */
const BAND_RAD = 0.02;
/** The same of the finger joint, as a share of its stroke. */
const GRIPPER_BAND = 0.1;
/** For this long: longer than joint states may be late, and than an arm takes to start moving. */
export const REST_NS = 300_000_000n;
/** Joint states further apart than this say nothing about the time between them. */
const GAP_NS = 300_000_000n;

/**
 * Whether the arm rests, by the positions in its joint states alone: their velocities are zeros, NaN or
 * missing with many drivers.
 */
export class RestDetector {
  readonly #names: readonly string[];
  readonly #bands: Float64Array;
  readonly #reference: Float64Array;
  #sinceNs: bigint | undefined;
  #lastNs = 0n;
  #moved = '';

  /**
   * @param names of the joints, in the order of positions
   * @param gripperStroke of the finger joint, m or rad, if it is the last one; else all are the arm's
   */
  constructor(names: readonly string[], gripperStroke?: number) {
    this.#names = names;
    this.#bands = new Float64Array(names.length).fill(BAND_RAD);
    if (gripperStroke !== undefined) {
      this.#bands[names.length - 1] = GRIPPER_BAND * Math.abs(gripperStroke);
    }
    this.#reference = new Float64Array(names.length);
  }

  /** The joint that moved last, for a message; empty before anything did. */
  get moved(): string {
    return this.#moved;
  }

  /** What was seen so far no longer counts. */
  restart(): void {
    this.#sinceNs = undefined;
  }

  /** Takes the joint positions of a new sample. */
  add(stampNs: bigint, positions: Float64Array): void {
    const isGap = stampNs < this.#lastNs || stampNs - this.#lastNs > GAP_NS;
    this.#lastNs = stampNs;
    if (this.#sinceNs !== undefined && !isGap && !this.#leavesBand(positions)) return;
    this.#reference.set(positions);
    this.#sinceNs = stampNs;
  }

  /**
   * Takes a sample that is older than the newest: from somewhere else it ends the rest, since the arm
   * moved a moment ago, or two publishers contradict each other.
   */
  addOlder(positions: Float64Array): void {
    if (this.#sinceNs !== undefined && this.#leavesBand(positions)) this.restart();
  }

  /** True once the newest sample shows the arm at rest for `REST_NS` that began after `afterNs`. */
  hasRested(afterNs?: bigint): boolean {
    if (this.#sinceNs === undefined) return false;
    const isLater = afterNs !== undefined && afterNs > this.#sinceNs;
    return this.#lastNs - (isLater ? afterNs : this.#sinceNs) >= REST_NS;
  }

  #leavesBand(positions: Float64Array): boolean {
    for (let i = 0; i < positions.length; i++) {
      if (!(Math.abs(positions[i]! - this.#reference[i]!) <= this.#bands[i]!)) {
        this.#moved = this.#names[i]!;
        return true;
      }
    }
    return false;
  }
}
