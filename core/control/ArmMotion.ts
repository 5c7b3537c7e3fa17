import { gripperOpeningOf, gripperPositionOf } from '../embodiment/Embodiment.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import { armBounds, gripperBounds } from './armBounds.ts';
import type { JointBounds } from './armBounds.ts';
import type { JointCommand } from './ControllerOutput.ts';
import { JointMotion } from './JointMotion.ts';
import { seamVelocity } from './seamVelocity.ts';
import { TargetPlanner } from './TargetPlanner.ts';
import type { LimitName } from './TargetPlanner.ts';

/** Without an action the arm settles on its last target within so many periods. */
const SETTLE_STEPS = 5;
/** Column of the gripper opening in a canonical action. */
export const GRIPPER_COLUMN = 6;

/** The commanded motion of arm and gripper: a target each tick, a limited step each period. */
export class ArmMotion {
  readonly chain: Chain;
  readonly bounds: JointBounds;
  readonly limitsMet = new Set<LimitName>();
  readonly #embodiment: Embodiment;
  readonly #planner: TargetPlanner;
  readonly #arm: JointMotion;
  readonly #gripper: JointMotion;
  readonly #endVelocities: Float64Array;
  readonly #gripperTarget = new Float64Array(1);

  constructor(embodiment: Embodiment, urdf: UrdfModel, periodSec: number) {
    this.#embodiment = embodiment;
    this.chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    assertSameJoints(embodiment, this.chain);
    this.bounds = armBounds(embodiment, urdf);
    this.#planner = new TargetPlanner(embodiment, this.chain, this.bounds);
    this.#arm = new JointMotion(this.bounds, periodSec);
    this.#gripper = new JointMotion(gripperBounds(embodiment, urdf), periodSec);
    this.#endVelocities = new Float64Array(this.chain.size);
  }

  /** Commanded arm joint positions. */
  get positions(): Float64Array {
    return this.#arm.positions;
  }

  get targetBaseFromEe(): Pose {
    return this.#planner.baseFromEe;
  }

  get targetGripperOpening(): number {
    return gripperOpeningOf(this.#embodiment.gripper, this.#gripperTarget[0] as number);
  }

  /** At rest where the arm is; that is the target, too. */
  anchor(joints: Float64Array, gripperPosition: number): void {
    this.#arm.anchor(joints);
    this.#gripper.anchor([gripperPosition]);
    this.#planner.anchor(this.#arm.positions);
    this.#gripperTarget.set(this.#gripper.positions);
    this.endTick();
  }

  /**
   * Sets the target of a tick.
   *
   * @param following the action after this one, as far as it is known: the seam between both is
   *   then passed at speed; else the tick ends at rest
   */
  beginTick(
    values: ArrayLike<number>,
    following: ArrayLike<number> | undefined,
    measuredBaseFromEe: Pose,
  ): void {
    this.endTick();
    const { deltaBase, gripper } = this.#embodiment;
    const from = deltaBase === 'measured' ? measuredBaseFromEe : this.#planner.baseFromEe;
    this.#planner.advance(from, values, this.limitsMet);
    this.#gripperTarget[0] = gripperPositionOf(gripper, values[GRIPPER_COLUMN] as number);
    if (following !== undefined) this.#foreseeSeam(following);
  }

  /** The target stays; it is to be reached at rest. */
  endTick(): void {
    this.limitsMet.clear();
    this.stopAtTarget();
  }

  /** Takes back the speed at the seam, for when what follows will not come. */
  stopAtTarget(): void {
    this.#endVelocities.fill(0);
  }

  /** One period of a tick that has so many periods left (≥ 1). */
  stepTowardsTarget(stepsLeft: number): void {
    this.#arm.stepTowards(this.#planner.joints, this.#endVelocities, stepsLeft);
    this.#gripper.stepStraightTo(this.#gripperTarget);
    const { position, velocity, acceleration } = this.#arm.limited;
    if (position) this.limitsMet.add('joint_position');
    if (velocity) this.limitsMet.add('joint_velocity');
    if (acceleration) this.limitsMet.add('joint_acceleration');
  }

  /** One period without an action: to the last target, and to rest there. */
  settle(): void {
    this.endTick();
    this.#arm.stepTowards(this.#planner.joints, this.#endVelocities, SETTLE_STEPS);
    this.#gripper.stepStraightTo(this.#gripperTarget);
  }

  /** One period of coming to rest; from there on, where the arm rests is the target. */
  brake(): void {
    this.endTick();
    this.#gripper.brake();
    this.#arm.brake();
    if (this.#arm.atRest) this.#planner.anchor(this.#arm.positions);
  }

  /** The command for the end of the period that was stepped last. */
  command(): JointCommand {
    const gripperJointPosition = this.#gripper.positions[0] as number;
    return {
      names: this.#embodiment.armJoints,
      positions: this.#arm.positions.slice(),
      velocities: this.#arm.velocities.slice(),
      gripperOpening: gripperOpeningOf(this.#embodiment.gripper, gripperJointPosition),
      gripperJointPosition,
    };
  }

  #foreseeSeam(following: ArrayLike<number>): void {
    const after = this.#planner.foresee(following);
    if (after === undefined) return;
    for (let i = 0; i < after.length; i++) {
      const before = this.#arm.positions[i] as number;
      const at = this.#planner.joints[i] as number;
      this.#endVelocities[i] = seamVelocity(
        before,
        at,
        after[i] as number,
        this.#embodiment.tickSec,
      );
    }
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
