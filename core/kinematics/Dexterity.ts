import { choleskyFactor } from './cholesky.ts';

const TASK = 6;

/**
 * How far joints are from a singularity: σ = 1 / √tr((J Jᵀ)⁻¹) = 1 / √Σ σₖ⁻², rotation in metres.
 *
 * Smooth, and next to a singularity the same as the smallest singular value σ₆ of the Jacobian
 * (elsewhere between σ₆/√6 and σ₆): a tip that moves by 1 m in the worst direction takes joint
 * motions of about 1/σ rad.
 */
export class Dexterity {
  readonly #metresPerRadian: number;
  readonly #factor = new Float64Array(TASK * TASK);
  readonly #column = new Float64Array(TASK);

  constructor(metresPerRadian: number) {
    this.#metresPerRadian = metresPerRadian;
  }

  /** Of a geometric Jacobian, row-major 6×n; m (or m per rad). */
  of(jacobian: Float64Array): number {
    const n = jacobian.length / TASK;
    for (let row = 0; row < TASK; row++) {
      for (let column = 0; column <= row; column++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += jacobian[row * n + i]! * jacobian[column * n + i]!;
        const rotations = Number(row >= 3) + Number(column >= 3);
        this.#factor[row * TASK + column] = sum * this.#metresPerRadian ** rotations;
      }
    }
    if (choleskyFactor(this.#factor, TASK) < 1e-30) return 0;
    return 1 / Math.sqrt(this.#squaredNormOfInverse());
  }

  /** ‖L⁻¹‖² = tr((L Lᵀ)⁻¹), column by column by forward substitution. */
  #squaredNormOfInverse(): number {
    const [factor, x] = [this.#factor, this.#column];
    let total = 0;
    for (let column = 0; column < TASK; column++) {
      for (let row = column; row < TASK; row++) {
        let sum = row === column ? 1 : 0;
        for (let k = column; k < row; k++) sum -= factor[row * TASK + k]! * x[k]!;
        x[row] = sum / factor[row * TASK + row]!;
        total += x[row]! * x[row]!;
      }
    }
    return total;
  }
}
