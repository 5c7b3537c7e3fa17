import type { JointBounds } from './armBounds.ts';
import { BrakingLaw, MAX_BRAKING_STEPS, settled } from './BrakingLaw.ts';
import { clamp } from '../math/clamp.ts';
import type { LimitedBy, NotedLimits } from './LimitedBy.ts';
import { MinimumJerkProfile } from './MinimumJerkProfile.ts';
import { copyMotionState, type MotionState, newMotionState } from './MotionState.ts';
import { rampToRest } from './speedRamp.ts';

/** Halvings of the interval in which the last acceleration is sought that leaves room to brake. */
const BISECTIONS = 14;
/** A joint that cannot be in time may take this many steps before it just hurries. */
const MAX_STEPS = 300;
/** Plans are tried for so much more time, one after the other. */
const LONGER = 1.12;

/**
 * The commanded motion of some joints: one step a period, continuous in position, velocity and
 * acceleration.
 *
 * Acceleration is linear within a period, so the only choice of a step is the acceleration at its end.
 * With the mean velocity w = v + a dt/2 in place of v, a step to a′ is
 *   w ← w + a′ dt,   q ← q + w dt + (a′ − a) dt²/6   (w of before).
 * The acceleration is kept to its own limit and the jerk limit; to values that can still fade out
 * before the velocity limit; and to those after which the joint can still brake before its position
 * limits. What a step leaves possible the next one can do, and so on: braking never leaves the limits.
 */
export class JointMotion {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
  readonly #bounds: JointBounds;
  /** The bounds; a joint that stands outside may stay there and come back, but go no further. */
  readonly #lower: number[];
  readonly #upper: number[];
  readonly #periodSec: number;
  readonly #law: BrakingLaw;
  readonly #saved: MotionState;
  readonly #braking: MotionState;
  readonly #profile: MinimumJerkProfile;
  readonly #request = { displacement: 0, v: 0, vEnd: 0, a: 0 };
  readonly #limits = { velocity: 0, acceleration: 0, maxAccelerationStep: 0 };
  #velocityScale = 1;

  constructor(bounds: JointBounds, periodSec: number) {
    this.#bounds = bounds;
    this.#periodSec = periodSec;
    this.#profile = new MinimumJerkProfile(periodSec);
    this.#lower = [...bounds.lower];
    this.#upper = [...bounds.upper];
    this.#law = new BrakingLaw(
      { ...bounds, lower: this.#lower, upper: this.#upper },
      periodSec,
      bounds,
    );
    const size = bounds.lower.length;
    this.positions = Float64Array.from(bounds.lower);
    this.velocities = new Float64Array(size);
    this.accelerations = new Float64Array(size);
    this.#saved = newMotionState(size);
    this.#braking = newMotionState(size);
  }

  /** True once a step of `brake` changes nothing any more. */
  get atRest(): boolean {
    for (let i = 0; i < this.velocities.length; i++) {
      if (this.velocities[i] !== 0 || this.accelerations[i] !== 0) return false;
    }
    return true;
  }

  /** Share of the velocity limits that is used from now on, 0…1; joints that are faster slow down. */
  set velocityScale(scale: number) {
    this.#velocityScale = scale;
  }

  /** At rest at these positions, which may lie outside the limits: the motion back is a limited one. */
  anchor(positions: ArrayLike<number>): void {
    for (let i = 0; i < this.positions.length; i++) {
      this.positions[i] = positions[i]!;
      this.#bound(i);
    }
    this.velocities.fill(0);
    this.accelerations.fill(0);
  }

  /** Keeps the present state for `restore`. */
  save(): void {
    copyMotionState(this, this.#saved);
  }

  /** Takes back all steps since `save`. */
  restore(): void {
    copyMotionState(this.#saved, this);
    for (let i = 0; i < this.positions.length; i++) this.#bound(i);
  }

  /**
   * One step towards `targets` with `endVelocities` after `stepsLeft` steps (≥ 1), with
   * the least jerk (see `MinimumJerkProfile`); where limits forbid that, in as many steps as it takes.
   *
   * @returns the bounds that shortened the step of any joint
   */
  stepTowards(
    targets: ArrayLike<number>,
    endVelocities: ArrayLike<number>,
    stepsLeft: number,
  ): LimitedBy {
    const limited = { position: false, velocity: false, acceleration: false, jerk: false };
    for (let i = 0; i < this.positions.length; i++) {
      this.#request.displacement = targets[i]! - this.positions[i]!;
      const wanted = this.#accelerationWanted(i, endVelocities[i]!, stepsLeft, limited);
      const allowed = this.#withinLimits(i, wanted, limited);
      this.#apply(i, this.#withinBrakingDistance(i, allowed, limited));
    }
    return limited;
  }

  /** One step of coming to rest as fast as the acceleration and jerk limits allow. */
  brake(): void {
    for (let i = 0; i < this.positions.length; i++) {
      this.#apply(i, this.#law.acceleration(i, this.#mean(i), this.accelerations[i]!));
    }
  }

  /**
   * Follows `brake` from here, period by period until rest, up to the first verdict of `judge`.
   *
   * @param judge gets positions (rad) that this object reuses in the next call
   * @returns that verdict, or undefined if there is none
   */
  firstWhileBraking<Verdict>(
    judge: (positions: Float64Array) => Verdict | undefined,
  ): Verdict | undefined {
    copyMotionState(this, this.#braking);
    for (let step = 0; step < MAX_BRAKING_STEPS && this.#law.advance(this.#braking); step++) {
      const verdict = judge(this.#braking.positions);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }

  /** How far each joint moves until `brake` has brought it to rest. */
  brakingTravel(out: Float64Array): void {
    copyMotionState(this, this.#braking);
    out.fill(0);
    let step = 0;
    while (step < MAX_BRAKING_STEPS && this.#law.advance(this.#braking, out)) step += 1;
  }

  #mean(i: number): number {
    return this.velocities[i]! + (this.accelerations[i]! * this.#periodSec) / 2;
  }

  /** By the first plan within limits that is not faster than asked for; notes what forbids that. */
  #accelerationWanted(
    i: number,
    endVelocity: number,
    stepsLeft: number,
    limited: NotedLimits,
  ): number {
    const { displacement } = this.#request;
    this.#request.v = this.velocities[i]!;
    this.#request.a = this.accelerations[i]!;
    this.#limits.velocity = this.#bounds.velocity[i]! * this.#velocityScale;
    this.#limits.acceleration = this.#bounds.acceleration[i]!;
    this.#limits.maxAccelerationStep = this.#law.maxAccelerationStep(i);
    let forbids: 'velocity' | 'acceleration' | 'jerk' | undefined;
    let first = 0;
    for (let steps = stepsLeft; ; steps = Math.ceil(steps * LONGER)) {
      // with more time an end velocity beyond twice the mean would have it start backwards
      const most =
        steps === stepsLeft ? Infinity : (2 * Math.abs(displacement)) / (steps * this.#periodSec);
      const forwards = displacement * endVelocity > 0 || most === Infinity;
      this.#request.vEnd = forwards ? clamp(endVelocity, -most, most) : 0;
      const profile = this.#profile.plan(this.#request, steps, this.#limits);
      first = profile.first;
      if (profile.exceeded === undefined) break;
      if (profile.exceeded !== 'time') forbids ??= profile.exceeded;
      if (Math.ceil(steps * LONGER) > MAX_STEPS) break;
    }
    if (forbids !== undefined) limited[forbids] = true;
    return first;
  }

  /** The nearest that velocity, acceleration and jerk limits allow; notes which of them counted. */
  #withinLimits(i: number, wanted: number, limited: NotedLimits): number {
    const dt = this.#periodSec;
    const mean = this.#mean(i);
    const a = this.accelerations[i]!;
    const most = this.#bounds.acceleration[i]!;
    const maxAccelerationStep = this.#law.maxAccelerationStep(i);
    const speed = this.#bounds.velocity[i]! * this.#velocityScale;

    // the speed keeps growing while the acceleration fades out
    const slowEnough = clamp(
      wanted,
      -rampToRest((speed + mean) / dt, maxAccelerationStep),
      rampToRest((speed - mean) / dt, maxAccelerationStep),
    );
    if (slowEnough !== wanted) limited.velocity = true;
    const weakEnough = clamp(slowEnough, -most, most);
    if (weakEnough !== slowEnough) limited.acceleration = true;
    const smoothEnough = clamp(weakEnough, a - maxAccelerationStep, a + maxAccelerationStep);
    if (smoothEnough !== weakEnough) limited.jerk = true;
    return smoothEnough;
  }

  /** `wanted`, or the nearest to it after which the joint can brake within its position limits. */
  #withinBrakingDistance(i: number, wanted: number, limited: NotedLimits): number {
    if (this.#canBrakeAfter(i, wanted)) return wanted;
    limited.position = true;
    let good = this.#law.acceleration(i, this.#mean(i), this.accelerations[i]!);
    let bad = wanted;
    for (let k = 0; k < BISECTIONS; k++) {
      const middle = (good + bad) / 2;
      if (this.#canBrakeAfter(i, middle)) good = middle;
      else bad = middle;
    }
    return good;
  }

  #canBrakeAfter(i: number, acceleration: number): boolean {
    const dt = this.#periodSec;
    const mean = this.#mean(i);
    const displacement = mean * dt + ((acceleration - this.accelerations[i]!) * dt * dt) / 6;
    const after = settled(mean + acceleration * dt);
    return this.#law.staysWithin(i, this.positions[i]! + displacement, after, acceleration);
  }

  #apply(i: number, acceleration: number): void {
    const dt = this.#periodSec;
    const mean = this.#mean(i);
    const displacement = mean * dt + ((acceleration - this.accelerations[i]!) * dt * dt) / 6;
    this.accelerations[i] = acceleration;
    this.velocities[i] = settled(mean + acceleration * dt) - (acceleration * dt) / 2;
    // the clamp takes off rounding errors only
    this.positions[i] = clamp(this.positions[i]! + displacement, this.#lower[i]!, this.#upper[i]!);
    this.#bound(i);
  }

  /** From here on the joint stays within its limits, or no further outside than it is. */
  #bound(i: number): void {
    const position = this.positions[i]!;
    this.#lower[i] = Math.min(this.#bounds.lower[i]!, position);
    this.#upper[i] = Math.max(this.#bounds.upper[i]!, position);
  }
}
