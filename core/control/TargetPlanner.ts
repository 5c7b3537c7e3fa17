import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { Chain } from '../kinematics/Chain.ts';
import { InverseKinematics } from '../kinematics/InverseKinematics.ts';
import { interpolatePose } from '../math/pose.ts';
import type { Pose } from '../math/types.ts';
import type { JointBounds } from './armBounds.ts';
import { moveTarget } from './moveTarget.ts';

/** A limit that changed what an action asked for; the names of `ExecutionState.limits_active`. */
export type LimitName =
  'workspace' | 'step_size' | 'ik' | 'joint_position' | 'joint_velocity' | 'joint_acceleration';

/** Parts of a step that are tried, one after the other, where all of it is out of reach. */
const PARTS: readonly ((from: Pose, to: Pose) => Pose)[] = [
  (_, to) => to,
  (from, to) => ({ position: to.position, orientation: from.orientation }),
  (from, to) => interpolatePose(from, to, 0.5),
  (from, to) => interpolatePose(from, to, 0.25),
  (from, to) => interpolatePose(from, to, 0.125),
];

/**
 * Turns actions into the joint positions at the end of their tick.
 *
 * The target always is a pose that the joints reach exactly, within a tick: where a step leads
 * beyond, a part of it is taken, or none. So nothing winds up, and a step back leads back.
 */
export class TargetPlanner {
  /** Joint positions of the target. */
  readonly joints: Float64Array;
  readonly #embodiment: Embodiment;
  readonly #bounds: JointBounds;
  readonly #chain: Chain;
  readonly #inverse: InverseKinematics;
  readonly #solution: Float64Array;
  #baseFromEe: Pose;

  constructor(embodiment: Embodiment, chain: Chain, bounds: JointBounds) {
    this.#embodiment = embodiment;
    this.#bounds = bounds;
    this.#chain = chain;
    const posture = chain.size > 6 ? embodiment.homeJoints : undefined;
    this.#inverse = new InverseKinematics(chain, { ...bounds, posture });
    this.joints = new Float64Array(chain.size);
    this.#solution = new Float64Array(chain.size);
    this.#baseFromEe = chain.forward(this.joints);
  }

  get baseFromEe(): Pose {
    return this.#baseFromEe;
  }

  /** The target is where the arm is. */
  anchor(joints: Float64Array): void {
    this.joints.set(joints);
    this.#baseFromEe = this.#chain.forward(joints);
  }

  /** Moves the target by an action that acts on `from`; adds the limits that were met to `met`. */
  advance(from: Pose, values: ArrayLike<number>, met: Set<LimitName>): void {
    const moved = moveTarget(from, values, this.#embodiment.limits);
    if (moved.workspaceLimited) met.add('workspace');
    if (moved.stepLimited) met.add('step_size');
    for (const partOf of PARTS) {
      const part = partOf(from, moved.baseFromEe);
      const obstacle = this.#solve(part);
      if (obstacle === undefined) {
        this.joints.set(this.#solution);
        this.#baseFromEe = part;
        return;
      }
      met.add(obstacle);
    }
  }

  /** Joint positions after a further action, for the speed at the seam; undefined if not exact. */
  foresee(values: ArrayLike<number>): Float64Array | undefined {
    const moved = moveTarget(this.#baseFromEe, values, this.#embodiment.limits);
    return this.#solve(moved.baseFromEe) === undefined ? this.#solution : undefined;
  }

  /** Writes `#solution`; what keeps the joints from being there at the end of a tick, if anything. */
  #solve(baseFromEe: Pose): LimitName | undefined {
    const { status } = this.#inverse.solve(this.joints, baseFromEe, this.#solution);
    if (status !== 'ok') return status === 'limit' ? 'joint_position' : 'ik';
    const tooFar = this.#solution.some((q, i) => {
      const travel = Math.abs(q - (this.joints[i] as number));
      return travel > (this.#bounds.velocity[i] as number) * this.#embodiment.tickSec;
    });
    return tooFar ? 'joint_velocity' : undefined;
  }
}
