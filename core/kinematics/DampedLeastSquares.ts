import { choleskyFactor, choleskySolve } from './cholesky.ts';

const TASK = 6;

export type DampedLeastSquaresOptions = {
  /** λ near a singularity, in the task's metres. */
  readonly damping: number;
  /** Damping sets in where √det(J Jᵀ) of the scaled Jacobian falls below this. */
  readonly manipulabilityThreshold: number;
  /** Damping is in full force from this (scaled) error on and fades with the error below it. */
  readonly farErrorM: number;
  /** One radian of rotation error weighs as much as this many metres of position error. */
  readonly metresPerRadian: number;
};

/**
 * Joint steps for an error of the tip: dq = Jᵀ (J Jᵀ + λ² 1)⁻¹ (e − J z) + z over the joints that are
 * not blocked, z a step that is wanted besides and kept as far as it does not move the tip.
 *
 * λ is next to nothing in well-conditioned poses, so that the last digits come quickly. Near
 * singularities it grows (after Nakamura and Hanafusa, 1986) with the distance still to go:
 * λ = damping · (1 − w / w₀) · min(1, |e| / e₀), w the manipulability √det(J Jᵀ).
 */
export class DampedLeastSquares {
  readonly #options: DampedLeastSquaresOptions;
  readonly #size: number;
  /** Row-major 6×n, rotation in metres; zero in the columns of blocked joints. */
  readonly #jacobian: Float64Array;
  readonly #weights = new Float64Array(TASK);
  readonly #error = new Float64Array(TASK);
  readonly #normal = new Float64Array(TASK * TASK);

  constructor(size: number, options: DampedLeastSquaresOptions) {
    this.#size = size;
    this.#options = options;
    this.#jacobian = new Float64Array(TASK * size);
  }

  /** Takes a geometric Jacobian (6×n) and the error of the tip (m, rad); no joint is blocked. */
  load(jacobian: Float64Array, error: Float64Array): void {
    const { metresPerRadian } = this.#options;
    const half = 3 * this.#size;
    for (let k = 0; k < half; k++) this.#jacobian[k] = jacobian[k]!;
    for (let k = half; k < 2 * half; k++) this.#jacobian[k] = jacobian[k]! * metresPerRadian;
    for (let k = 0; k < TASK; k++) this.#error[k] = error[k]! * (k < 3 ? 1 : metresPerRadian);
  }

  /** Leaves a joint out of the steps from now on. */
  block(joint: number): void {
    for (let k = 0; k < TASK; k++) this.#jacobian[k * this.#size + joint] = 0;
  }

  /** Writes the step to `out`, which holds z before (zeros for none). */
  solve(out: Float64Array): void {
    const { damping, manipulabilityThreshold, farErrorM } = this.#options;
    const squaredError = this.#loadWeights(out);
    const smallest = damping * 1e-3;
    const manipulability = this.#factorNormal(smallest);
    if (manipulability < manipulabilityThreshold) {
      const singular = 1 - manipulability / manipulabilityThreshold;
      const far = Math.min(1, Math.sqrt(squaredError) / farErrorM);
      this.#factorNormal(Math.max(damping * singular * far, smallest));
    }
    choleskySolve(this.#normal, TASK, this.#weights);
    const n = this.#size;
    for (let i = 0; i < n; i++) {
      let sum = out[i]!;
      for (let k = 0; k < TASK; k++) sum += this.#jacobian[k * n + i]! * this.#weights[k]!;
      out[i] = sum;
    }
  }

  /** weights ← e − J z; returns |e|². */
  #loadWeights(z: Float64Array): number {
    const n = this.#size;
    let squaredError = 0;
    for (let k = 0; k < TASK; k++) {
      const error = this.#error[k]!;
      squaredError += error * error;
      let moved = 0;
      for (let i = 0; i < n; i++) moved += this.#jacobian[k * n + i]! * z[i]!;
      this.#weights[k] = error - moved;
    }
    return squaredError;
  }

  /** Factors J Jᵀ + λ² 1; returns √det of it, the manipulability where λ is small. */
  #factorNormal(lambda: number): number {
    const n = this.#size;
    const jacobian = this.#jacobian;
    for (let row = 0; row < TASK; row++) {
      for (let column = 0; column <= row; column++) {
        let sum = row === column ? lambda * lambda : 0;
        for (let i = 0; i < n; i++) sum += jacobian[row * n + i]! * jacobian[column * n + i]!;
        this.#normal[row * TASK + column] = sum;
      }
    }
    return choleskyFactor(this.#normal, TASK);
  }
}
