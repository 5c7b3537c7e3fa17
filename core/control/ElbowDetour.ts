import { choleskyFactor, choleskySolve } from '../kinematics/cholesky.ts';
import type { Chain, ChainEvaluation } from '../kinematics/Chain.ts';
import type { MotionGuard } from './MotionGuard.ts';

const TASK = 6;
/** The gradient of a room is taken over so much of a joint, rad. */
const PROBE_RAD = 1e-4;
/** Damping of the null space's projector, m. */
const DAMPING_M = 1e-3;
/** A room that the elbow changes by less, m/rad, is left to the end effector. */
const LEAST_GAIN_M_PER_RAD = 0.01;

/**
 * Moves joints away from what bars them, in the null space of the end effector's pose: an arm with
 * more than six joints lifts its elbow over an obstacle without its gripper leaving its way.
 */
export class ElbowDetour {
  readonly #chain: Chain;
  readonly #guard: MotionGuard;
  readonly #metresPerRadian: number;
  readonly #evaluation: ChainEvaluation;
  readonly #gradient: Float64Array;
  readonly #weights = new Float64Array(TASK);
  readonly #normal = new Float64Array(TASK * TASK);

  constructor(chain: Chain, guard: MotionGuard, metresPerRadian: number) {
    this.#chain = chain;
    this.#guard = guard;
    this.#metresPerRadian = metresPerRadian;
    this.#evaluation = chain.newEvaluation();
    this.#gradient = new Float64Array(chain.size);
  }

  /**
   * Changes joint positions, in place, so that room `index` of the guard becomes `roomM`, to first
   * order. False, and nothing changed, where the arm has no joint to spare for that.
   */
  makeRoom(joints: Float64Array, index: number, roomM: number): boolean {
    if (joints.length <= TASK) return false;
    const missing = roomM - this.#gradientAt(joints, index);
    this.#projectOnNullSpace(joints);
    const gradient = this.#gradient;
    let square = 0;
    for (const value of gradient) square += value * value;
    if (square < LEAST_GAIN_M_PER_RAD ** 2) return false;
    for (let i = 0; i < joints.length; i++) joints[i]! += (missing / square) * gradient[i]!;
    return true;
  }

  /** Writes how a room changes with each joint; returns that room. */
  #gradientAt(joints: Float64Array, index: number): number {
    const room = this.#guard.roomAt(joints, index);
    for (let i = 0; i < joints.length; i++) {
      const before = joints[i]!;
      joints[i] = before + PROBE_RAD;
      this.#gradient[i] = (this.#guard.roomAt(joints, index) - room) / PROBE_RAD;
      joints[i] = before;
    }
    return room;
  }

  /** gradient ← (1 − Jᵀ (J Jᵀ + λ² 1)⁻¹ J) gradient, rotation in metres. */
  #projectOnNullSpace(joints: Float64Array): void {
    const n = joints.length;
    this.#chain.evaluate(joints, this.#evaluation);
    const { jacobian } = this.#evaluation;
    for (let k = 3 * n; k < TASK * n; k++) jacobian[k]! *= this.#metresPerRadian;
    for (let row = 0; row < TASK; row++) {
      let along = 0;
      for (let i = 0; i < n; i++) along += jacobian[row * n + i]! * this.#gradient[i]!;
      this.#weights[row] = along;
      for (let column = 0; column <= row; column++) {
        let sum = row === column ? DAMPING_M * DAMPING_M : 0;
        for (let i = 0; i < n; i++) sum += jacobian[row * n + i]! * jacobian[column * n + i]!;
        this.#normal[row * TASK + column] = sum;
      }
    }
    choleskyFactor(this.#normal, TASK);
    choleskySolve(this.#normal, TASK, this.#weights);
    for (let i = 0; i < n; i++) {
      for (let row = 0; row < TASK; row++) {
        this.#gradient[i]! -= jacobian[row * n + i]! * this.#weights[row]!;
      }
    }
  }
}
