import { matrixFromQuat } from '../math/quat.ts';
import type { Pose } from '../math/types.ts';
import type { Chain, ChainEvaluation } from './Chain.ts';
import { choleskyFactor, choleskySolve } from './cholesky.ts';
import { rotationErrorInto } from './matrix3.ts';

const TASK = 6;
/** The first iterations move towards the posture by a share of the way; the others only converge. */
const POSTURE_ITERATIONS = 2;
const POSTURE_SHARE = 0.1;
const POSTURE_STEP_RAD = 0.05;

export type InverseKinematicsOptions = {
  /** Joint limits, in the chain's order; the URDF's unless told. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Of all solutions of a redundant arm, those near these joint positions are sought; rad. */
  readonly posture: readonly number[] | undefined;
  readonly maxIterations: number;
  /** λ near a singularity, in the task's metres. */
  readonly damping: number;
  /** Damping sets in where √det(J Jᵀ) of the scaled Jacobian falls below this. */
  readonly manipulabilityThreshold: number;
  /** Damping is in full force from this (scaled) error on and fades with the error below it. */
  readonly farErrorM: number;
  /** Longest move of one joint in one iteration, rad. */
  readonly maxStepRad: number;
  /** One radian of rotation error weighs as much as this many metres of position error. */
  readonly metresPerRadian: number;
  readonly positionToleranceM: number;
  readonly rotationToleranceRad: number;
};

export const DEFAULT_INVERSE_KINEMATICS: Omit<
  InverseKinematicsOptions,
  'lower' | 'upper' | 'posture'
> = {
  maxIterations: 20,
  damping: 0.05,
  manipulabilityThreshold: 2e-4,
  farErrorM: 0.1,
  maxStepRad: 0.2,
  metresPerRadian: 0.3,
  positionToleranceM: 1e-5,
  rotationToleranceRad: 1e-4,
};

/**
 * `ok`: the target is met within tolerance. `limit`: joint limits keep the arm from it.
 * `not_converged`: out of reach, singular, or too far away for one call.
 */
export type InverseKinematicsStatus = 'ok' | 'limit' | 'not_converged';

export type InverseKinematicsResult = {
  readonly status: InverseKinematicsStatus;
  readonly positionErrorM: number;
  readonly rotationErrorRad: number;
};

/**
 * Damped least squares within joint limits, from a nearby seed.
 *
 * Each iteration solves dq = Jᵀ (J Jᵀ + λ² 1)⁻¹ e over the joints that are free to move. λ is next
 * to nothing in well-conditioned poses, so that the last digits come quickly. Near singularities it
 * grows (after Nakamura and Hanafusa, 1986) with the distance still to go:
 * λ = damping · (1 − w / w₀) · min(1, |e| / e₀), w the manipulability √det(J Jᵀ).
 * Joints at a limit that would be pushed beyond it are left out of the step. What a redundant arm is
 * free to do beside its task moves it towards a posture, so that it does not drift.
 */
export class InverseKinematics {
  readonly #chain: Chain;
  readonly #options: InverseKinematicsOptions;
  readonly #evaluation: ChainEvaluation;
  readonly #targetRotation = new Float64Array(9);
  readonly #error = new Float64Array(TASK);
  readonly #weights = new Float64Array(TASK);
  readonly #normal = new Float64Array(TASK * TASK);
  readonly #q: Float64Array;
  readonly #step: Float64Array;
  readonly #blocked: Uint8Array;

  constructor(chain: Chain, options: Partial<InverseKinematicsOptions> = {}) {
    this.#chain = chain;
    this.#options = {
      lower: chain.joints.map((joint) => joint.limit.lower),
      upper: chain.joints.map((joint) => joint.limit.upper),
      posture: undefined,
      ...DEFAULT_INVERSE_KINEMATICS,
      ...options,
    };
    this.#evaluation = chain.newEvaluation();
    this.#q = new Float64Array(chain.size);
    this.#step = new Float64Array(chain.size);
    this.#blocked = new Uint8Array(chain.size);
  }

  /**
   * Joint positions near `seed` whose tip is at `baseFromTip`, written to `outQ` (which may be the
   * seed). Without convergence `outQ` is the best of the iterations; it is always within limits.
   */
  solve(seed: ArrayLike<number>, baseFromTip: Pose, outQ: Float64Array): InverseKinematicsResult {
    const { maxIterations, positionToleranceM, rotationToleranceRad } = this.#options;
    const q = this.#q;
    for (let i = 0; i < q.length; i++) q[i] = this.#clamp(i, seed[i] as number);
    this.#targetRotation.set(matrixFromQuat(baseFromTip.orientation));
    let best: InverseKinematicsResult | undefined;
    let bestCost = Infinity;
    for (let iteration = 0; ; iteration++) {
      this.#chain.evaluate(q, this.#evaluation);
      this.#measureError(baseFromTip);
      const positionErrorM = norm3(this.#error, 0);
      const rotationErrorRad = norm3(this.#error, 3);
      const cost = positionErrorM + rotationErrorRad * this.#options.metresPerRadian;
      if (cost < bestCost || best === undefined) {
        bestCost = cost;
        best = { status: 'not_converged', positionErrorM, rotationErrorRad };
        outQ.set(q);
      }
      if (positionErrorM <= positionToleranceM && rotationErrorRad <= rotationToleranceRad) {
        outQ.set(q);
        return { status: 'ok', positionErrorM, rotationErrorRad };
      }
      if (iteration === maxIterations) break;
      this.#iterate(iteration < POSTURE_ITERATIONS);
    }
    return this.#touchesLimit(outQ) ? { ...best, status: 'limit' } : best;
  }

  #measureError(baseFromTip: Pose): void {
    const { tipPosition, tipRotation } = this.#evaluation;
    for (let k = 0; k < 3; k++) {
      this.#error[k] = (baseFromTip.position[k] as number) - (tipPosition[k] as number);
    }
    rotationErrorInto(this.#targetRotation, tipRotation, this.#error, 3);
  }

  /** One step of `#q`; re-solved without the joints that run into a limit. */
  #iterate(mindsPosture: boolean): void {
    const n = this.#q.length;
    const posture = mindsPosture ? this.#options.posture : undefined;
    this.#blocked.fill(0);
    for (let attempt = 0; attempt <= n; attempt++) {
      this.#solveStep();
      if (posture !== undefined) this.#leanTo(posture);
      if (!this.#blockOutward()) break;
    }
    let longest = 0;
    for (let i = 0; i < n; i++) longest = Math.max(longest, Math.abs(this.#step[i] as number));
    const scale = longest > this.#options.maxStepRad ? this.#options.maxStepRad / longest : 1;
    for (let i = 0; i < n; i++) {
      this.#q[i] = this.#clamp(i, (this.#q[i] as number) + scale * (this.#step[i] as number));
    }
  }

  /** Marks joints at a limit whose step points beyond it; true where one was newly marked. */
  #blockOutward(): boolean {
    let found = false;
    for (let i = 0; i < this.#q.length; i++) {
      const q = this.#q[i] as number;
      const step = this.#step[i] as number;
      const outward =
        (step < 0 && q <= (this.#options.lower[i] as number)) ||
        (step > 0 && q >= (this.#options.upper[i] as number));
      if (outward && this.#blocked[i] === 0) {
        this.#blocked[i] = 1;
        found = true;
      }
    }
    return found;
  }

  /** step ← Jᵀ (J Jᵀ + λ² 1)⁻¹ e in the scaled task, blocked joints left at zero. */
  #solveStep(): void {
    const { damping, manipulabilityThreshold, metresPerRadian } = this.#options;
    let squaredError = 0;
    for (let k = 0; k < TASK; k++) {
      const weighted = (this.#error[k] as number) * (k < 3 ? 1 : metresPerRadian);
      this.#weights[k] = weighted;
      squaredError += weighted * weighted;
    }
    const smallest = damping * 1e-3;
    const manipulability = this.#factorNormal(smallest);
    if (manipulability < manipulabilityThreshold) {
      const singular = 1 - manipulability / manipulabilityThreshold;
      const far = Math.min(1, Math.sqrt(squaredError) / this.#options.farErrorM);
      this.#factorNormal(Math.max(damping * singular * far, smallest));
    }
    choleskySolve(this.#normal, TASK, this.#weights);
    const n = this.#q.length;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0; k < TASK; k++) sum += this.#scaled(k, i) * (this.#weights[k] as number);
      this.#step[i] = sum;
    }
  }

  /**
   * Adds (1 − Jᵀ (J Jᵀ + λ² 1)⁻¹ J) g to the step, which moves the joints towards the posture and
   * leaves the tip where it is; g is a share of the way there. Needs the factors of `#solveStep`.
   */
  #leanTo(posture: readonly number[]): void {
    const n = this.#q.length;
    const lean = (i: number): number => {
      if (this.#blocked[i] === 1) return 0;
      const way = POSTURE_SHARE * ((posture[i] as number) - (this.#q[i] as number));
      return Math.min(POSTURE_STEP_RAD, Math.max(-POSTURE_STEP_RAD, way));
    };
    for (let k = 0; k < TASK; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += this.#scaled(k, i) * lean(i);
      this.#weights[k] = sum;
    }
    choleskySolve(this.#normal, TASK, this.#weights);
    for (let i = 0; i < n; i++) {
      let moved = 0;
      for (let k = 0; k < TASK; k++) moved += this.#scaled(k, i) * (this.#weights[k] as number);
      this.#step[i] = (this.#step[i] as number) + lean(i) - moved;
    }
  }

  /** Factors J Jᵀ + λ² 1; returns √det of it, the manipulability where λ is small. */
  #factorNormal(lambda: number): number {
    const n = this.#q.length;
    for (let row = 0; row < TASK; row++) {
      for (let column = 0; column <= row; column++) {
        let sum = row === column ? lambda * lambda : 0;
        for (let i = 0; i < n; i++) sum += this.#scaled(row, i) * this.#scaled(column, i);
        this.#normal[row * TASK + column] = sum;
      }
    }
    return choleskyFactor(this.#normal, TASK);
  }

  /** Entry of the Jacobian with rotation in metres; zero for blocked joints. */
  #scaled(row: number, joint: number): number {
    if (this.#blocked[joint] === 1) return 0;
    const entry = this.#evaluation.jacobian[row * this.#q.length + joint] as number;
    return row < 3 ? entry : entry * this.#options.metresPerRadian;
  }

  #clamp(joint: number, q: number): number {
    return Math.min(
      this.#options.upper[joint] as number,
      Math.max(this.#options.lower[joint] as number, q),
    );
  }

  #touchesLimit(q: Float64Array): boolean {
    return q.some(
      (qi, i) =>
        qi <= (this.#options.lower[i] as number) || qi >= (this.#options.upper[i] as number),
    );
  }
}

function norm3(values: Float64Array, offset: number): number {
  const x = values[offset] as number;
  const y = values[offset + 1] as number;
  const z = values[offset + 2] as number;
  return Math.sqrt(x * x + y * y + z * z);
}
