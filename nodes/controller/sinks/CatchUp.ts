import type { MotionState } from '../../../core/control/MotionState.ts';

/** Of the acceleration limits, what making up for a delay may take at most. */
const SHARE = 0.5;
/** It takes no less than this, s. */
const LEAST_SEC = 0.2;
/** Largest acceleration of the quintic from rest to rest over a way of 1 in 1 s, and that from a speed of 1 on. */
const PEAK_OF_WAY = 5.774;
const PEAK_OF_SPEED = 4;

/** Of each joint, rad (m) and rad/s². */
export type CatchUpLimits = {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly acceleration: readonly number[];
};

type Offset = { readonly displacement: number; readonly v: number; readonly a: number };

/**
 * Leads joints from a state back to a motion that has left them behind: the difference fades out, with
 * position, velocity and acceleration continuous, as the quintic
 *   o(s) = (1 − s)³ (o₀ + (3 o₀ + u) s + (6 o₀ + 3 u + w/2) s²),   s = t/T, u = T o₀′, w = T² o₀″.
 */
export class CatchUp {
  readonly #limits: CatchUpLimits;
  #offsets: readonly Offset[] | undefined;
  #from: Float64Array = new Float64Array();
  #totalSec = 0;
  #elapsedSec = 0;

  constructor(limits: CatchUpLimits) {
    this.#limits = limits;
  }

  get isActive(): boolean {
    return this.#offsets !== undefined;
  }

  end(): void {
    this.#offsets = undefined;
  }

  /** From this state on; `motion` is where the joints should be just then. */
  begin(from: MotionState, motion: MotionState): void {
    this.#from = from.positions;
    this.#offsets = this.#limits.acceleration.map((_, i) => ({
      displacement: from.positions[i]! - motion.positions[i]!,
      v: from.velocities[i]! - motion.velocities[i]!,
      a: from.accelerations[i]! - motion.accelerations[i]!,
    }));
    const times = this.#offsets.map(({ displacement, v }, i) => {
      const most = SHARE * this.#limits.acceleration[i]!;
      return Math.max(
        Math.sqrt((2 * PEAK_OF_WAY * Math.abs(displacement)) / most),
        (2 * PEAK_OF_SPEED * Math.abs(v)) / most,
      );
    });
    this.#totalSec = Math.max(LEAST_SEC, ...times);
    this.#elapsedSec = 0;
  }

  /** The motion with what is left of the difference; a period passes. */
  apply(motion: MotionState, periodSec: number): MotionState {
    const offsets = this.#offsets;
    if (offsets === undefined) return motion;
    const rest = offsets.map((offset) => this.#offsetOf(offset));
    this.#elapsedSec += periodSec;
    if (this.#elapsedSec >= this.#totalSec) this.end();
    const places = motion.positions.map((q, i) => q + rest[i]!.displacement);
    const positions = places.map((q, i) => this.#bounded(i, q, motion.positions[i]!));
    const isWithin = places.map((q, i) => Number(q === positions[i]));
    return {
      positions,
      velocities: motion.velocities.map((v, i) => (v + rest[i]!.v) * isWithin[i]!),
      accelerations: motion.accelerations.map((a, i) => (a + rest[i]!.a) * isWithin[i]!),
    };
  }

  /** Within the limits, or no further outside than where the joint comes from or goes. */
  #bounded(i: number, place: number, motion: number): number {
    const ends = [motion, this.#from[i]!];
    const lower = Math.min(this.#limits.lower[i]!, ...ends);
    const upper = Math.max(this.#limits.upper[i]!, ...ends);
    return Math.min(upper, Math.max(lower, place));
  }

  #offsetOf({ displacement, v, a }: Offset): Offset {
    const total = this.#totalSec;
    const s = this.#elapsedSec / total;
    const [u, w] = [v * total, a * total * total];
    const [b, c] = [3 * displacement + u, 6 * displacement + 3 * u + w / 2];
    const remaining = 1 - s;
    const value = displacement + b * s + c * s * s;
    const slope = b + 2 * c * s;
    return {
      displacement: remaining ** 3 * value,
      v: (remaining ** 3 * slope - 3 * remaining ** 2 * value) / total,
      a:
        (remaining ** 3 * 2 * c - 6 * remaining ** 2 * slope + 6 * remaining * value) /
        (total * total),
    };
  }
}
