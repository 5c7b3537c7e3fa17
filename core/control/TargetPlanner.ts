import type { Embodiment } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import { InverseKinematics } from '../kinematics/InverseKinematics.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import { quatAngleBetween } from '../math/quat.ts';
import type { Pose } from '../math/types.ts';
import { vec3Distance } from '../math/vec3.ts';
import { distanceOutside, moveTarget } from './moveTarget.ts';

/** A limit that changed what an action asked for; the names of `ExecutionState.limits_active`. */
export type LimitName =
  'workspace' | 'step_size' | 'ik' | 'joint_position' | 'joint_velocity' | 'joint_acceleration';

/**
 * Turns actions into the joint positions at the end of their tick.
 *
 * Where a limit keeps the arm from the pose that was asked for, the target becomes the pose that
 * will be reached, so that the next delta starts from there and nothing winds up.
 */
export class TargetPlanner {
  readonly chain: Chain;
  /** Joint positions of the target. */
  readonly joints: Float64Array;
  /** Highest speeds, rad/s: the embodiment's, or the URDF's where it is lower. */
  readonly maxVelocities: Float64Array;
  readonly #embodiment: Embodiment;
  readonly #inverse: InverseKinematics;
  readonly #solution: Float64Array;
  #baseFromEe: Pose;

  constructor(embodiment: Embodiment, urdf: UrdfModel) {
    this.#embodiment = embodiment;
    this.chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    assertSameJoints(embodiment, this.chain);
    this.#inverse = new InverseKinematics(this.chain);
    this.joints = new Float64Array(this.chain.size);
    this.#solution = new Float64Array(this.chain.size);
    this.maxVelocities = Float64Array.from(this.chain.joints, (joint, i) =>
      Math.min(joint.limit.velocity, embodiment.limits.velocity[i] as number),
    );
    this.#baseFromEe = this.chain.forward(this.joints);
  }

  get baseFromEe(): Pose {
    return this.#baseFromEe;
  }

  /** The target is where the arm is. */
  anchor(joints: Float64Array): void {
    this.joints.set(joints);
    this.#baseFromEe = this.chain.forward(joints);
  }

  /** Moves the target by an action that acts on `from`; adds the limits that were met to `met`. */
  advance(from: Pose, values: ArrayLike<number>, met: Set<LimitName>): void {
    const moved = moveTarget(from, values, this.#embodiment.limits);
    if (moved.workspaceLimited) met.add('workspace');
    if (moved.stepLimited) met.add('step_size');
    const { status } = this.#inverse.solve(this.joints, moved.baseFromEe, this.#solution);
    if (status === 'limit') met.add('joint_position');
    if (status === 'not_converged') met.add('ik');
    const shortened = this.#shortenToVelocity();
    if (shortened) met.add('joint_velocity');
    const exact = status === 'ok' && !shortened;
    const reached = exact ? moved.baseFromEe : this.chain.forward(this.#solution);
    if (!exact && !this.#isAllowed(reached)) return;
    this.joints.set(this.#solution);
    this.#baseFromEe = reached;
  }

  /** Joint positions after a further action, for the speed at the seam; undefined if not exact. */
  foresee(values: ArrayLike<number>): Float64Array | undefined {
    const moved = moveTarget(this.#baseFromEe, values, this.#embodiment.limits);
    const { status } = this.#inverse.solve(this.joints, moved.baseFromEe, this.#solution);
    return status === 'ok' ? this.#solution : undefined;
  }

  /**
   * Inverse kinematics that falls short may end at a pose that nobody asked for: farther out of the
   * workspace than the target before, or more than a step away. The target then stays.
   */
  #isAllowed({ position, orientation }: Pose): boolean {
    const { workspace, maxStepM, maxStepRad } = this.#embodiment.limits;
    const before = this.#baseFromEe;
    return (
      distanceOutside(position, workspace) <= distanceOutside(before.position, workspace) &&
      vec3Distance(position, before.position) <= maxStepM &&
      quatAngleBetween(orientation, before.orientation) <= maxStepRad
    );
  }

  /** Shortens the way from target to solution to what the joints can travel in a tick. */
  #shortenToVelocity(): boolean {
    let scale = 1;
    for (let i = 0; i < this.joints.length; i++) {
      const travel = Math.abs((this.#solution[i] as number) - (this.joints[i] as number));
      const reach = (this.maxVelocities[i] as number) * this.#embodiment.tickSec;
      if (travel * scale > reach) scale = reach / travel;
    }
    if (scale === 1) return false;
    for (let i = 0; i < this.joints.length; i++) {
      const from = this.joints[i] as number;
      this.#solution[i] = from + ((this.#solution[i] as number) - from) * scale;
    }
    return true;
  }
}

function assertSameJoints(embodiment: Embodiment, chain: Chain): void {
  const expected = embodiment.armJoints.join(', ');
  const found = chain.jointNames.join(', ');
  if (expected !== found) {
    throw new Error(
      `Embodiment ${embodiment.name}: expected joints ${expected}; its URDF has ${found}`,
    );
  }
}
