import type { GripperBounds } from './armBounds.ts';

/**
 * The commanded motion of a finger joint: a step a period, as fast as its velocity and acceleration
 * limits allow, continuous in position and velocity.
 */
export class GripperMotion {
  /** Share of the velocity limit that is used, 0…1. */
  velocityScale = 1;
  readonly #bounds: GripperBounds;
  readonly #periodSec: number;
  #position: number;
  #velocity = 0;

  constructor(bounds: GripperBounds, periodSec: number) {
    this.#bounds = bounds;
    this.#periodSec = periodSec;
    this.#position = bounds.lower;
  }

  get position(): number {
    return this.#position;
  }

  get velocity(): number {
    return this.#velocity;
  }

  /** At rest at this position, which may lie outside the stroke: the way back is a limited one. */
  anchor(position: number): void {
    this.#position = position;
    this.#velocity = 0;
  }

  /** One step of the fastest way to rest at a target. */
  stepTo(target: number): void {
    const dt = this.#periodSec;
    const displacement = this.#noFurtherOutside(target) - this.#position;
    const change = this.#bounds.acceleration * dt;
    const ahead = displacement >= 0;
    const v = this.#velocity;
    const limit = this.#bounds.velocity * this.velocityScale;
    const speed = Math.min(
      limit,
      fastestBrakeable(Math.abs(displacement), ahead ? v : -v, change, dt),
    );
    this.#advance(ahead ? speed : -speed);
  }

  /** One step of coming to rest. */
  brake(): void {
    this.#advance(0);
  }

  #advance(wanted: number): void {
    const v = this.#velocity;
    const change = this.#bounds.acceleration * this.#periodSec;
    this.#velocity = Math.min(v + change, Math.max(v - change, wanted));
    const displacement = ((v + this.#velocity) / 2) * this.#periodSec;
    this.#position = this.#noFurtherOutside(this.#position + displacement);
  }

  #noFurtherOutside(position: number): number {
    const lower = Math.min(this.#bounds.lower, this.#position);
    return Math.min(Math.max(this.#bounds.upper, this.#position), Math.max(lower, position));
  }
}

/**
 * The highest velocity v′ at the end of this step from which the joint, slowing down by `change` a step, still stops within `room`.
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
