/** A joint is there within this distance, rad. */
const NEAR = 1e-9;
/** Rounding errors of velocities and accelerations. */
const TINY = 1e-9;

/** Of one joint: rad/s, rad/s², and the most that the acceleration may change in a period, rad/s². */
export type ProfileLimits = {
  readonly velocity: number;
  readonly acceleration: number;
  readonly maxAccelerationStep: number;
};

/** What a joint is to do. */
export type ProfileRequest = {
  /** To be covered, rad. */
  displacement: number;
  /** Velocity now and at the end, rad/s. */
  v: number;
  vEnd: number;
  /** Acceleration now, rad/s²; at the end it is zero. */
  a: number;
};

/** How a profile begins, and the first limit that it exceeds. */
export type ProfileStart = {
  /** The acceleration at the end of the first period, rad/s². */
  readonly first: number;
  /** `time` if the number of periods is too small to lead there; undefined within all limits. */
  readonly exceeded: 'velocity' | 'acceleration' | 'jerk' | 'time' | undefined;
};

/**
 * Plans the motion of one joint with the least mean square of the jerk, in a given number of periods.
 *
 * Acceleration is linear within a period. With N periods, a_0 = a, a_N = 0 and the mean velocity
 * w = v + a dt/2 (see `JointMotion`), the n = N − 1 accelerations in between fulfil
 *   dt Σ a_k = vEnd − w,   dt² Σ (N − k) a_k = displacement − N w dt + a dt²/6,   Σ (a_k − a_{k−1})² least.
 * The second differences of the least are linear in k, so a_k is cubic; about the middle, x = k − N/2,
 *   a_k = a (½ − x/N) + k (N − k) (c₀ + c₁ x),
 * and both conditions give c₀ and c₁ one by one. Followed undisturbed, planning again in each period
 * gives the same motion: the discrete form of the quintic without acceleration at both seams. Its velocity is
 * linear in both end velocities, so it never goes back where these are between zero and twice the mean
 * velocity, as those of `seamVelocity` are.
 */
export class MinimumJerkProfile {
  readonly #dt: number;

  constructor(periodSec: number) {
    this.#dt = periodSec;
  }

  /** Plans the motion for a number of periods (≥ 1). */
  plan(
    { displacement, v, vEnd, a }: ProfileRequest,
    periods: number,
    limits: ProfileLimits,
  ): ProfileStart {
    const dt = this.#dt;
    const N = periods;
    const n = N - 1;
    const w = v + (a * dt) / 2;
    const total = (vEnd - w) / dt;
    if (n < 2) {
      const missed = displacement - N * w * dt + (a / 6 - n * total) * dt * dt;
      const isThere = Math.abs(missed) + Math.abs((1 - n) * total * dt * dt) < NEAR;
      const first = n * total;
      return { first, exceeded: isThere ? excess(v, a, first, limits) : 'time' };
    }
    const sum = (n * N * (N + 1)) / 6; // Σ k (N − k)
    const x2 = (n * (n * n - 1)) / 12; // Σ x²
    const x4 = (x2 * (3 * n * n - 7)) / 20; // Σ x⁴
    const moment = (N * total) / 2 - (displacement - N * w * dt) / (dt * dt) - a / 6; // Σ x a_k
    const c0 = (total - (a * n) / 2) / sum;
    const c1 = (moment + (a * x2) / N) / ((N * N * x2) / 4 - x4);
    let [before, speed, first] = [a, v, 0];
    let exceeded: ProfileStart['exceeded'];
    for (let k = 1; k <= N && exceeded === undefined; k++) {
      const x = k - N / 2;
      const next = a * (0.5 - x / N) + k * (N - k) * (c0 + c1 * x);
      if (k === 1) first = next;
      speed += ((before + next) / 2) * dt;
      exceeded = excess(speed, before, next, limits);
      before = next;
    }
    return { first, exceeded };
  }
}

function excess(
  v: number,
  before: number,
  a: number,
  limits: ProfileLimits,
): ProfileStart['exceeded'] {
  if (Math.abs(v) > limits.velocity + TINY) return 'velocity';
  if (Math.abs(a) > limits.acceleration + TINY) return 'acceleration';
  return Math.abs(a - before) > limits.maxAccelerationStep + TINY ? 'jerk' : undefined;
}
