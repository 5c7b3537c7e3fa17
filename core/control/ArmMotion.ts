import { gripperOpeningOf, gripperPositionOf } from '../embodiment/Embodiment.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import { armBounds, assertSameJoints, gripperBounds } from './armBounds.ts';
import type { GripperBounds, JointBounds } from './armBounds.ts';
import type { JointCommand } from './ControllerOutput.ts';
import { GripperMotion } from './GripperMotion.ts';
import { JointMotion } from './JointMotion.ts';
import type { LimitedBy } from './LimitedBy.ts';
import type { LimitName } from './LimitName.ts';
import { collisionModelOf, MotionGuard } from './MotionGuard.ts';
import type { ClearanceViolation } from './MotionGuard.ts';
import { restToRestSec } from './restToRest.ts';
import { seamVelocity } from './seamVelocity.ts';
import { TargetPlanner } from './TargetPlanner.ts';

/** Without an action the arm settles on its last target within this many periods. */
const SETTLE_STEPS = 5;
/** Slower than this is rest, rad/s or m/s. */
const STILL = 1e-6;
/** Column of the gripper opening in a canonical action. */
export const GRIPPER_COLUMN = 6;

/**
 * The commanded motion of arm and gripper: a target each tick, a limited step each period.
 *
 * No step is taken after which the arm could not come to rest without coming too near to itself, to
 * the table or to the end of its workspace. Where the way to the target leads there, the arm brakes,
 * and where it rests is the target.
 */
export class ArmMotion {
  readonly chain: Chain;
  readonly bounds: JointBounds;
  readonly limitsActive = new Set<LimitName>();
  readonly #embodiment: Embodiment;
  readonly #planner: TargetPlanner;
  readonly #arm: JointMotion;
  readonly #gripper: GripperMotion;
  readonly #gripperBounds: GripperBounds;
  readonly #guard: MotionGuard;
  readonly #follow: (positions: Float64Array) => ClearanceViolation | undefined;
  readonly #endVelocities: Float64Array;
  /** How far joints move while they brake. */
  readonly #travel: Float64Array;
  #gripperTarget = 0;
  #speedScale = 1;
  /** Until the arm is to have settled. */
  #settleSteps = SETTLE_STEPS;
  /** The limit that the path to the target violates: the arm brakes until the next tick. */
  #barredBy: LimitName | undefined;

  constructor(embodiment: Embodiment, urdf: UrdfModel, periodSec: number) {
    this.#embodiment = embodiment;
    this.chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    assertSameJoints(embodiment, this.chain);
    this.bounds = armBounds(embodiment, urdf);
    const model = collisionModelOf(embodiment, urdf, this.chain);
    this.#planner = new TargetPlanner(embodiment, this.chain, model, this.bounds);
    this.#guard = new MotionGuard(embodiment, model);
    this.#follow = (positions) => this.#guard.follow(positions);
    this.#arm = new JointMotion(this.bounds, periodSec);
    this.#gripperBounds = gripperBounds(embodiment, urdf);
    this.#gripper = new GripperMotion(this.#gripperBounds, periodSec);
    this.#endVelocities = new Float64Array(this.chain.size);
    this.#travel = new Float64Array(this.chain.size);
  }

  /** Commanded arm joint positions. */
  get positions(): Float64Array {
    return this.#arm.positions;
  }

  /** Share of the joints' speeds that is used; ticks last longer by as much. */
  set speedScale(scale: number) {
    this.#speedScale = scale;
    this.#arm.velocityScale = scale;
    this.#gripper.velocityScale = scale;
  }

  get targetBaseFromEe(): Pose {
    return this.#planner.baseFromEe;
  }

  get targetGripperOpening(): number {
    return gripperOpeningOf(this.#embodiment.gripper, this.#gripperTarget);
  }

  /** Arm and gripper stand still; rounding errors are no motion. */
  get isStill(): boolean {
    return Math.abs(this.#gripper.velocity) < STILL && this.isArmStill;
  }

  /** The arm stands still, whatever its gripper does. */
  get isArmStill(): boolean {
    return this.#arm.velocities.every((v) => Math.abs(v) < STILL);
  }

  /** Of the finger joint, m or rad. */
  get gripperStroke(): number {
    const { open, closed } = this.#embodiment.gripper;
    return Math.abs(open - closed);
  }

  /** At rest where the arm is; that is the target, too. Without a position the gripper's stays. */
  anchor(joints: Float64Array, gripperPosition: number | undefined): void {
    this.#arm.anchor(joints);
    this.#gripper.anchor(gripperPosition ?? this.#gripper.position);
    this.#planner.anchor(this.#arm.positions);
    this.#gripperTarget = this.#gripper.position;
    this.#barredBy = undefined;
    this.endTick();
  }

  /** A time in which a motion from rest to rest leads to these positions within all limits, s. */
  restToRestSec(joints: Float64Array, gripperPosition: number | undefined): number {
    const { velocity, acceleration, jerk } = this.bounds;
    const secondsOf = (i: number): number =>
      restToRestSec(joints[i]! - this.positions[i]!, {
        velocity: velocity[i]!,
        acceleration: acceleration[i]!,
        jerk: jerk[i]!,
      });
    const ofArm = Array.from(joints, (_, i) => secondsOf(i));
    const gripper = (gripperPosition ?? this.#gripper.position) - this.#gripper.position;
    const limits = { ...this.#gripperBounds, jerk: Infinity };
    return Math.max(...ofArm, restToRestSec(gripper, limits));
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
    this.#barredBy = undefined;
    this.#planner.enterLimits();
    const { deltaBase, gripper } = this.#embodiment;
    const from = deltaBase === 'measured' ? measuredBaseFromEe : this.#planner.baseFromEe;
    for (const limit of this.#planner.advance(from, values)) this.limitsActive.add(limit);
    this.#gripperTarget = gripperPositionOf(gripper, values[GRIPPER_COLUMN]!);
    if (following !== undefined) this.#lookAheadToSeam(following);
  }

  /** The target stays; it is to be reached at rest. */
  endTick(): void {
    this.limitsActive.clear();
    this.stopAtTarget();
  }

  /** Takes back the speed at the seam, for when what follows will not come. */
  stopAtTarget(): void {
    this.#endVelocities.fill(0);
  }

  /** One period of a tick that has this many periods left (≥ 1). */
  stepTowardsTarget(stepsLeft: number): void {
    this.#settleSteps = SETTLE_STEPS;
    const limited = this.#step(stepsLeft);
    if (limited?.position === true) this.limitsActive.add('joint_position');
    if (limited?.velocity === true) this.limitsActive.add('joint_velocity');
    if (limited?.acceleration === true) this.limitsActive.add('joint_acceleration');
    if (limited?.jerk === true) this.limitsActive.add('joint_jerk');
  }

  /** One period without an action: to the last target, and to rest there. */
  settle(): void {
    this.endTick();
    this.#step(this.#settleSteps);
    this.#settleSteps = Math.max(1, this.#settleSteps - 1);
  }

  /** One period of coming to rest; from there on, where arm and gripper rest is the target. */
  brake(): void {
    this.endTick();
    this.#gripper.brake();
    this.#gripperTarget = this.#gripper.position;
    this.#brakeArm();
  }

  /** The command for the end of the period that was stepped last. */
  command(): JointCommand {
    const gripperJointPosition = this.#gripper.position;
    return {
      names: this.#embodiment.armJoints,
      positions: this.#arm.positions.slice(),
      velocities: this.#arm.velocities.slice(),
      accelerations: this.#arm.accelerations.slice(),
      gripperOpening: gripperOpeningOf(this.#embodiment.gripper, gripperJointPosition),
      gripperJointPosition,
      gripperJointVelocity: this.#gripper.velocity,
    };
  }

  /**
   * Moves towards the target, or brakes if that leads too near to something.
   *
   * @returns the joint bounds that shortened the step; undefined if the arm brakes
   */
  #step(stepsLeft: number): LimitedBy | undefined {
    this.#gripper.stepTo(this.#gripperTarget);
    if (this.#barredBy === undefined) {
      this.#guard.start(this.#arm.positions);
      this.#arm.save();
      const targets = this.#planner.joints;
      const limited = this.#arm.stepTowards(targets, this.#endVelocities, stepsLeft);
      const violation = this.#guard.follow(this.#arm.positions) ?? this.#brakingViolation();
      if (violation === undefined) return limited;
      this.#arm.restore();
      this.#barredBy = violation.limit;
    }
    this.limitsActive.add(this.#barredBy);
    this.#brakeArm();
    return undefined;
  }

  /** What the arm comes too near to if it brakes from here on. */
  #brakingViolation(): ClearanceViolation | undefined {
    this.#arm.brakingTravel(this.#travel);
    if (this.#guard.isClearAlong(this.#travel)) return undefined;
    return this.#arm.firstWhileBraking(this.#follow);
  }

  #brakeArm(): void {
    this.#arm.brake();
    if (this.#arm.atRest) this.#planner.anchor(this.#arm.positions);
  }

  #lookAheadToSeam(following: ArrayLike<number>): void {
    const after = this.#planner.lookAhead(following);
    if (after === undefined) return;
    const tickSec = this.#embodiment.tickSec / this.#speedScale;
    for (let i = 0; i < after.length; i++) {
      const before = this.#arm.positions[i]!;
      const at = this.#planner.joints[i]!;
      this.#endVelocities[i] = seamVelocity(before, at, after[i]!, tickSec);
    }
  }
}
