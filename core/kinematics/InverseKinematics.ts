import { matrixFromQuat } from '../math/quat.ts';
import type { Pose } from '../math/types.ts';
import type { Chain, ChainEvaluation } from './Chain.ts';
import { DampedLeastSquares } from './DampedLeastSquares.ts';
import type { DampedLeastSquaresOptions } from './DampedLeastSquares.ts';
import { rotationErrorInto } from './matrix3.ts';

const TASK = 6;

export type InverseKinematicsOptions = DampedLeastSquaresOptions & {
  /** Joint limits, in the chain's order; the URDF's by default. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Where joints drift as far as the tip does not notice; of use with more than six joints. */
  readonly posture: readonly number[] | undefined;
  /** Longest way of one joint towards the rest posture in one call, rad. */
  readonly maxPostureStepRad: number;
  /** Share of the way to the rest posture that is taken in one call. */
  readonly postureGain: number;
  readonly maxIterations: number;
  /** Longest move of one joint in one iteration, rad. */
  readonly maxStepRad: number;
  readonly positionToleranceM: number;
  readonly rotationToleranceRad: number;
};

export const DEFAULT_INVERSE_KINEMATICS: Omit<InverseKinematicsOptions, 'lower' | 'upper'> = {
  posture: undefined,
  maxPostureStepRad: 0.05,
  postureGain: 0.2,
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
 * Joints at a limit that would be pushed beyond it are left out of a step. With more joints than the
 * task has dimensions, the first iteration also goes some way towards the rest posture, in the null
 * space of the task; the ones after it take off what that moved the tip by. A seed that is the answer
 * already is left alone, so that an arm which stands still does so.
 */
export class InverseKinematics {
  readonly #chain: Chain;
  readonly #options: InverseKinematicsOptions;
  readonly #evaluation: ChainEvaluation;
  readonly #leastSquares: DampedLeastSquares;
  readonly #targetRotation = new Float64Array(9);
  readonly #error = new Float64Array(TASK);
  readonly #q: Float64Array;
  readonly #step: Float64Array;
  readonly #blocked: Uint8Array;

  constructor(chain: Chain, options: Partial<InverseKinematicsOptions> = {}) {
    this.#chain = chain;
    this.#options = {
      lower: chain.joints.map((joint) => joint.limit.lower),
      upper: chain.joints.map((joint) => joint.limit.upper),
      ...DEFAULT_INVERSE_KINEMATICS,
      ...options,
    };
    this.#evaluation = chain.newEvaluation();
    this.#leastSquares = new DampedLeastSquares(chain.size, this.#options);
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
    for (let i = 0; i < q.length; i++) q[i] = this.#clamp(i, seed[i]!);
    this.#targetRotation.set(matrixFromQuat(baseFromTip.orientation));
    let best: InverseKinematicsResult | undefined;
    let bestCost = Infinity;
    for (let iteration = 0; ; iteration++) {
      this.#chain.evaluate(q, this.#evaluation);
      this.#measureError(baseFromTip);
      const positionErrorM = norm3(this.#error, 0);
      const rotationErrorRad = norm3(this.#error, 3);
      if (positionErrorM <= positionToleranceM && rotationErrorRad <= rotationToleranceRad) {
        outQ.set(q);
        return { status: 'ok', positionErrorM, rotationErrorRad };
      }
      const cost = positionErrorM + rotationErrorRad * this.#options.metresPerRadian;
      if (cost < bestCost || best === undefined) {
        bestCost = cost;
        best = { status: 'not_converged', positionErrorM, rotationErrorRad };
        outQ.set(q);
      }
      if (iteration === maxIterations) break;
      this.#iterate(iteration === 0);
    }
    return this.#touchesLimit(outQ) ? { ...best, status: 'limit' } : best;
  }

  #measureError(baseFromTip: Pose): void {
    const { tipPosition, tipRotation } = this.#evaluation;
    for (let k = 0; k < 3; k++) {
      this.#error[k] = baseFromTip.position[k]! - tipPosition[k]!;
    }
    rotationErrorInto(this.#targetRotation, tipRotation, this.#error, 3);
  }

  /** One step of `#q`; re-solved without the joints that run into a limit. */
  #iterate(towardsRest: boolean): void {
    const n = this.#q.length;
    this.#blocked.fill(0);
    this.#leastSquares.load(this.#evaluation.jacobian, this.#error);
    for (let attempt = 0; attempt <= n; attempt++) {
      this.#step.fill(0);
      if (towardsRest) this.#wishForRest();
      this.#leastSquares.solve(this.#step);
      if (!this.#blockOutward()) break;
    }
    let longest = 0;
    for (let i = 0; i < n; i++) longest = Math.max(longest, Math.abs(this.#step[i]!));
    const scale = longest > this.#options.maxStepRad ? this.#options.maxStepRad / longest : 1;
    for (let i = 0; i < n; i++) {
      this.#q[i] = this.#clamp(i, this.#q[i]! + scale * this.#step[i]!);
    }
  }

  /** step ← the way towards the rest posture that is taken in one call. */
  #wishForRest(): void {
    const { posture, maxPostureStepRad, postureGain } = this.#options;
    if (posture === undefined || this.#q.length <= TASK) return;
    for (let i = 0; i < this.#q.length; i++) {
      if (this.#blocked[i] === 1) continue;
      const displacement = postureGain * (posture[i]! - this.#q[i]!);
      this.#step[i] = Math.min(maxPostureStepRad, Math.max(-maxPostureStepRad, displacement));
    }
  }

  /** Blocks joints at a limit whose step points beyond it; true where one was newly blocked. */
  #blockOutward(): boolean {
    let found = false;
    for (let i = 0; i < this.#q.length; i++) {
      const q = this.#q[i]!;
      const step = this.#step[i]!;
      const outward =
        (step < 0 && q <= this.#options.lower[i]!) || (step > 0 && q >= this.#options.upper[i]!);
      if (outward && this.#blocked[i] === 0) {
        this.#blocked[i] = 1;
        this.#leastSquares.block(i);
        found = true;
      }
    }
    return found;
  }

  #clamp(joint: number, q: number): number {
    return Math.min(this.#options.upper[joint]!, Math.max(this.#options.lower[joint]!, q));
  }

  #touchesLimit(q: Float64Array): boolean {
    return q.some((qi, i) => qi <= this.#options.lower[i]! || qi >= this.#options.upper[i]!);
  }
}

function norm3(values: Float64Array, offset: number): number {
  const x = values[offset]!;
  const y = values[offset + 1]!;
  const z = values[offset + 2]!;
  return Math.sqrt(x * x + y * y + z * z);
}
