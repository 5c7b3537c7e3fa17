import type { Chain, ChainEvaluation } from '../kinematics/Chain.ts';
import { DampedLeastSquares } from '../kinematics/DampedLeastSquares.ts';
import { DEFAULT_INVERSE_KINEMATICS } from '../kinematics/InverseKinematics.ts';
import type { MotionGuard } from './MotionGuard.ts';

const TASK = 6;
/** What the end effector is to do meanwhile. */
const STAY = new Float64Array(TASK);
/** The gradient of a room is taken over so much of a joint, rad. */
const PROBE_RAD = 1e-4;
/** Damping of the null space's projector, m; where nothing is to be reached, a thousandth of it acts. */
const DAMPING_M = 1;
/** A room that the elbow changes by less, m/rad, is left to the end effector. */
const LEAST_GAIN_M_PER_RAD = 0.01;

/**
 * Moves joints away from what bars them, in the null space of the end effector's pose: an arm with
 * more than six joints lifts its elbow over an obstacle without its gripper leaving its way.
 */
export class ElbowDetour {
  readonly #chain: Chain;
  readonly #guard: MotionGuard;
  readonly #evaluation: ChainEvaluation;
  readonly #leastSquares: DampedLeastSquares;
  readonly #gradient: Float64Array;

  constructor(chain: Chain, guard: MotionGuard) {
    this.#chain = chain;
    this.#guard = guard;
    this.#evaluation = chain.newEvaluation();
    const options = { ...DEFAULT_INVERSE_KINEMATICS, damping: DAMPING_M };
    this.#leastSquares = new DampedLeastSquares(chain.size, options);
    this.#gradient = new Float64Array(chain.size);
  }

  /**
   * Changes joint positions, in place, so that room `index` of the guard becomes `roomM`, to first
   * order. False, and nothing changed, where the arm has no joint to spare for that.
   */
  gainClearance(joints: Float64Array, index: number, minClearanceM: number): boolean {
    if (joints.length <= TASK) return false;
    const missing = minClearanceM - this.#gradientAt(joints, index);
    this.#chain.evaluate(joints, this.#evaluation);
    this.#leastSquares.load(this.#evaluation.jacobian, STAY);
    this.#leastSquares.solve(this.#gradient);
    const gradient = this.#gradient;
    let square = 0;
    for (const value of gradient) square += value * value;
    if (square < LEAST_GAIN_M_PER_RAD ** 2) return false;
    for (let i = 0; i < joints.length; i++) joints[i]! += (missing / square) * gradient[i]!;
    return true;
  }

  /** Writes how a room changes with each joint; returns that room. */
  #gradientAt(joints: Float64Array, index: number): number {
    const clearance = this.#guard.clearanceAt(joints, index);
    for (let i = 0; i < joints.length; i++) {
      const before = joints[i]!;
      joints[i] = before + PROBE_RAD;
      this.#gradient[i] = (this.#guard.clearanceAt(joints, index) - clearance) / PROBE_RAD;
      joints[i] = before;
    }
    return clearance;
  }
}
