import type { JointBounds } from './armBounds.ts';

/** Rounding errors of speeds, rad/s. */
const TINY = 1e-9;

/**
 * The commanded motion of some joints: one step a period, continuous in position and velocity.
 *
 * Acceleration is constant within a period, so the only choice of a step is its end velocity. It
 * is kept to the acceleration and velocity limits and to velocities from which the joint can still
 * brake before its position limit; braking is then always possible in the step after, and so on.
 */
export class JointMotion {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly #bounds: JointBounds;
  readonly #periodSec: number;
  #velocityLimited = false;
  #accelerationLimited = false;
  #positionLimited = false;

  constructor(bounds: JointBounds, periodSec: number) {
    this.#bounds = bounds;
    this.#periodSec = periodSec;
    this.positions = Float64Array.from(bounds.lower);
    this.velocities = new Float64Array(bounds.lower.length);
  }

  /** Which bounds shortened the last step. */
  get limited(): { position: boolean; velocity: boolean; acceleration: boolean } {
    return {
      position: this.#positionLimited,
      velocity: this.#velocityLimited,
      acceleration: this.#accelerationLimited,
    };
  }

  get atRest(): boolean {
    return this.velocities.every((velocity) => velocity === 0);
  }

  /** At rest at these positions, brought within the limits. */
  anchor(positions: ArrayLike<number>): void {
    for (let i = 0; i < this.positions.length; i++) {
      this.positions[i] = this.#clampPosition(i, positions[i] as number);
      this.velocities[i] = 0;
    }
  }

  /**
   * One step on the way to be at `targets` with `endVelocities` after `stepsLeft` steps (≥ 1).
   *
   * Of all accelerations that lead there, the ones with the least sum of squares are linear in time.
   * With m steps left and velocity changes Δv_k = α + β c_k, c_k = m − k + ½ − m/2:
   *   Σ Δv_k = v_T − v                        → α = (v_T − v) / m
   *   dt Σ Δv_k (m − k + ½) = D               → β = (D/dt − α m²/2) · 12 / (m (m² − 1))
   * where D = q_T − q − v m dt is what the present velocity alone would leave undone.
   * Followed undisturbed, planning anew in each step gives the same motion. Where the acceleration
   * limit makes the joint late, it is not to arrive too fast to stop there.
   */
  stepTowards(
    targets: ArrayLike<number>,
    endVelocities: ArrayLike<number>,
    stepsLeft: number,
  ): void {
    this.#forgetLimited();
    const m = stepsLeft;
    const dt = this.#periodSec;
    for (let i = 0; i < this.positions.length; i++) {
      const v = this.velocities[i] as number;
      const alpha = ((endVelocities[i] as number) - v) / m;
      let change = alpha;
      if (m > 1) {
        const distance = (targets[i] as number) - (this.positions[i] as number) - v * m * dt;
        const beta = ((distance / dt - (alpha * m * m) / 2) * 12) / (m * (m * m - 1));
        change = alpha + (beta * (m - 1)) / 2;
      }
      const way = (targets[i] as number) - (this.positions[i] as number);
      this.#stepJoint(i, this.#stoppable(i, v + change, way, endVelocities[i] as number));
    }
  }

  /** One step of the fastest way to rest at `targets`. */
  stepStraightTo(targets: ArrayLike<number>): void {
    this.#forgetLimited();
    const dt = this.#periodSec;
    for (let i = 0; i < this.positions.length; i++) {
      const v = this.velocities[i] as number;
      const way = (targets[i] as number) - (this.positions[i] as number);
      const change = (this.#bounds.acceleration[i] as number) * dt;
      const ahead = way >= 0;
      const speed = fastestBrakeable(Math.abs(way), ahead ? v : -v, change, dt);
      this.#stepJoint(i, ahead ? speed : -speed);
    }
  }

  /** One step of coming to rest as fast as the acceleration limits allow. */
  brake(): void {
    this.#forgetLimited();
    for (let i = 0; i < this.positions.length; i++) {
      const v = this.velocities[i] as number;
      const change = (this.#bounds.acceleration[i] as number) * this.#periodSec;
      this.#stepJoint(i, v > 0 ? Math.max(0, v - change) : Math.min(0, v + change));
    }
  }

  /** The velocity, but no more than from which the joint can slow down to its end velocity. */
  #stoppable(i: number, wanted: number, way: number, endVelocity: number): number {
    const ahead = way >= 0 ? 1 : -1;
    // a joint that is to come back from beyond the target has to pass it
    if (wanted * ahead <= 0 || endVelocity * ahead < 0) return wanted;
    const acceleration = this.#bounds.acceleration[i] as number;
    const passing = Math.max(0, endVelocity * ahead);
    const dt = this.#periodSec;
    const room = Math.abs(way) + (passing * passing) / (2 * acceleration) + passing * dt;
    const v = (this.velocities[i] as number) * ahead;
    return (
      ahead * Math.min(wanted * ahead, fastestBrakeable(room, v, acceleration * dt, dt) + TINY)
    );
  }

  #forgetLimited(): void {
    this.#positionLimited = this.#velocityLimited = this.#accelerationLimited = false;
  }

  #stepJoint(i: number, wanted: number): void {
    const dt = this.#periodSec;
    const q = this.positions[i] as number;
    const v = this.velocities[i] as number;
    const change = (this.#bounds.acceleration[i] as number) * dt;
    const speed = this.#bounds.velocity[i] as number;
    const roomUp = (this.#bounds.upper[i] as number) - q;
    const roomDown = q - (this.#bounds.lower[i] as number);

    let next = clamp(wanted, -speed, speed);
    if (next !== wanted) this.#velocityLimited = true;
    const brakeable = clamp(
      next,
      -fastestBrakeable(roomDown, -v, change, dt),
      fastestBrakeable(roomUp, v, change, dt),
    );
    if (brakeable !== next) this.#positionLimited = true;
    next = clamp(brakeable, v - change, v + change);
    if (next !== brakeable) this.#accelerationLimited = true;

    this.velocities[i] = next;
    // the clamp takes off rounding errors only
    this.positions[i] = this.#clampPosition(i, q + ((v + next) / 2) * dt);
  }

  #clampPosition(i: number, position: number): number {
    return clamp(position, this.#bounds.lower[i] as number, this.#bounds.upper[i] as number);
  }
}

/**
 * The highest velocity v′ at the end of this step from which the joint, slowing down by `change`
 * a step, still stops within `room`.
 *
 * With v′ = (n − 1)·change + r, 0 < r ≤ change, this step and the n of braking after it cover
 *   v dt/2 + dt (change · n (n − 1)/2 + n r),
 * which grows with v′ and is solved for it piece by piece.
 */
function fastestBrakeable(room: number, v: number, change: number, dt: number): number {
  const distance = room / dt - v / 2;
  if (!(distance > 0)) return 0;
  const n = Math.max(1, Math.floor((1 + Math.sqrt(1 + (8 * distance) / change)) / 2));
  const r = (distance - (change * n * (n - 1)) / 2) / n;
  return (n - 1) * change + r;
}

function clamp(x: number, lower: number, upper: number): number {
  return Math.min(upper, Math.max(lower, x));
}
