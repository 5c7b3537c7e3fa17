import { clamp } from '../math/clamp.ts';
import type { JointBounds } from './armBounds.ts';
import type { MotionState } from './MotionState.ts';
import { rampedSpeed, rampToRest } from './speedRamp.ts';

/** Rounding errors of speeds, rad/s. */
const TINY = 1e-12;
/** A bound for loops over braking; the slowest arm here needs less than a hundred periods. */
export const MAX_BRAKING_STEPS = 10_000;

/**
 * How joints come to rest soonest, without turning round, and where; see `JointMotion` for the way a
 * step is described by the mean velocity and the acceleration at its end.
 */
export class BrakingLaw {
  readonly #bounds: JointBounds;
  readonly #range: Pick<JointBounds, 'lower' | 'upper'>;
  readonly #periodSec: number;

  /** @param range of positions that is wanted; joints outside of it may stay or come back */
  constructor(
    bounds: JointBounds,
    periodSec: number,
    range: Pick<JointBounds, 'lower' | 'upper'> = bounds,
  ) {
    this.#bounds = bounds;
    this.#range = range;
    this.#periodSec = periodSec;
  }

  /** Most by which the acceleration of a joint can change from one period to the next. */
  maxAccelerationStep(i: number): number {
    return this.#bounds.jerk[i]! * this.#periodSec;
  }

  /** The acceleration at the end of the next step. */
  acceleration(i: number, mean: number, a: number): number {
    const most = this.#bounds.acceleration[i]!;
    const maxAccelerationStep = this.maxAccelerationStep(i);
    const wanted = clamp(-rampToRest(mean / this.#periodSec, maxAccelerationStep), -most, most);
    return clamp(wanted, a - maxAccelerationStep, a + maxAccelerationStep);
  }

  /** Advances by one step; adds to `travel` what joints move by. False where all are at rest. */
  advance({ positions, velocities, accelerations }: MotionState, travel?: Float64Array): boolean {
    const dt = this.#periodSec;
    let moves = false;
    for (let i = 0; i < positions.length; i++) {
      const [v, a] = [velocities[i]!, accelerations[i]!];
      if (v === 0 && a === 0) continue;
      moves = true;
      const mean = v + (a * dt) / 2;
      const next = this.acceleration(i, mean, a);
      const displacement = mean * dt + ((next - a) * dt * dt) / 6;
      positions[i] = clamp(
        positions[i]! + displacement,
        this.#bounds.lower[i]!,
        this.#bounds.upper[i]!,
      );
      velocities[i] = settled(mean + next * dt) - (next * dt) / 2;
      accelerations[i] = next;
      if (travel !== undefined) travel[i]! += Math.abs(displacement);
    }
    return moves;
  }

  /**
   * True where a joint in this state comes to rest within its position limits; outside of the range that
   * is wanted it must not turn outwards on the way.
   */
  staysWithin(i: number, position: number, mean: number, acceleration: number): boolean {
    const dt = this.#periodSec;
    if (position < this.#bounds.lower[i]! || position > this.#bounds.upper[i]!) return false;
    let lower = Math.min(this.#range.lower[i]!, position);
    let upper = Math.max(this.#range.upper[i]!, position);
    const most = this.#bounds.acceleration[i]!;
    // more than it can take: the highest speed, for as long as braking lasts
    const maxAccelerationStep = this.maxAccelerationStep(i);
    const peak = Math.abs(mean) + dt * rampedSpeed(Math.abs(acceleration), maxAccelerationStep);
    const reach = peak * (peak / most + (2 * most * dt) / maxAccelerationStep + 3 * dt);
    if (position - reach > lower && position + reach < upper) return true;
    let [q, w, a] = [position, mean, acceleration];
    for (let step = 0; step < MAX_BRAKING_STEPS; step++) {
      if (q > upper || q < lower) return false;
      lower = Math.min(this.#range.lower[i]!, q);
      upper = Math.max(this.#range.upper[i]!, q);
      if (w === 0 && a === 0) return true;
      const next = this.acceleration(i, w, a);
      q += w * dt + ((next - a) * dt * dt) / 6;
      w = settled(w + next * dt);
      a = next;
    }
    return false;
  }
}

/** Rest is exact. */
export function settled(velocity: number): number {
  return Math.abs(velocity) < TINY ? 0 : velocity;
}
