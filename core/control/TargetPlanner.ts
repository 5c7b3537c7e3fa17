import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { Chain, ChainEvaluation } from '../kinematics/Chain.ts';
import type { CollisionModel } from '../kinematics/CollisionModel.ts';
import { Dexterity } from '../kinematics/Dexterity.ts';
import { DEFAULT_INVERSE_KINEMATICS, InverseKinematics } from '../kinematics/InverseKinematics.ts';
import type { InverseKinematicsStatus } from '../kinematics/InverseKinematics.ts';
import { interpolatePose } from '../math/pose.ts';
import type { Pose } from '../math/types.ts';
import type { JointBounds } from './armBounds.ts';
import { clamp } from './BrakingLaw.ts';
import { ElbowDetour } from './ElbowDetour.ts';
import type { LimitName } from './LimitName.ts';
import { MotionGuard } from './MotionGuard.ts';
import { moveTarget } from './moveTarget.ts';

/** Parts of a step that are tried, one after the other, where all of it is out of reach. */
const PARTS: readonly ((from: Pose, to: Pose) => Pose)[] = [
  (_, to) => to,
  (from, to) => ({ position: to.position, orientation: from.orientation }),
  (from, to) => interpolatePose(from, to, 0.5),
  (from, to) => interpolatePose(from, to, 0.25),
  (from, to) => interpolatePose(from, to, 0.125),
];
/** Targets stay farther from obstacles than commands must, for the way between them is not straight. */
const TARGET_CLEARANCE_M = 0.003;
/** Where the elbow makes room, it makes so much more than is needed: the way there is not straight. */
const DETOUR_CLEARANCE_M = TARGET_CLEARANCE_M + 0.001;
/** An arm that is closer than that comes away by so much in a step. */
const CLEARANCE_GAIN_M = 0.001;
/** So often in one step. */
const MAX_DETOURS = 4;
/** The way to a target is looked at wherever a joint has moved by so much, rad. */
const PATH_STEP_RAD = 0.08;
/** Shorter parts of a step towards a singularity are not worth a motion. */
const LEAST_SHARE = 0.02;

/**
 * Turns actions into the joint positions at the end of their tick.
 *
 * The target always is a pose that the joints reach exactly, within a tick, near no singularity and
 * touching nothing: where a step leads beyond, a part of it is taken, or none. So nothing winds up,
 * and a step back leads back. Joints go to a target the short way, never to another solution of the
 * inverse kinematics on the far side of a singularity.
 */
export class TargetPlanner {
  /** Joint positions of the target. */
  readonly joints: Float64Array;
  readonly #embodiment: Embodiment;
  readonly #bounds: JointBounds;
  readonly #chain: Chain;
  readonly #inverse: InverseKinematics;
  /** The same that seeks no posture. */
  readonly #nearest: InverseKinematics;
  readonly #detour: ElbowDetour;
  readonly #guard: MotionGuard;
  readonly #dexterity = new Dexterity(DEFAULT_INVERSE_KINEMATICS.metresPerRadian);
  readonly #evaluation: ChainEvaluation;
  readonly #solution: Float64Array;
  readonly #between: Float64Array;
  /** Of the solution found last. */
  #solutionDexterity = 0;
  #baseFromEe: Pose;

  constructor(embodiment: Embodiment, chain: Chain, model: CollisionModel, bounds: JointBounds) {
    this.#embodiment = embodiment;
    this.#bounds = bounds;
    this.#chain = chain;
    const { lower, upper } = bounds;
    const posture = embodiment.homeJoints;
    this.#inverse = new InverseKinematics(chain, { lower, upper, posture });
    this.#nearest = new InverseKinematics(chain, { lower, upper });
    this.#guard = new MotionGuard(embodiment, model, TARGET_CLEARANCE_M);
    this.#detour = new ElbowDetour(chain, this.#guard);
    this.#evaluation = chain.newEvaluation();
    this.joints = new Float64Array(chain.size);
    this.#solution = new Float64Array(chain.size);
    this.#between = new Float64Array(chain.size);
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

  /** The target of an arm that stands outside its joint limits is the nearest place within them. */
  enterLimits(): void {
    const { lower, upper } = this.#bounds;
    const isInside = this.joints.every((q, i) => q >= lower[i]! && q <= upper[i]!);
    if (isInside) return;
    this.anchor(this.joints.map((q, i) => clamp(q, lower[i]!, upper[i]!)));
  }

  /** Moves the target by an action that acts on `from`; adds the limits that were met to `met`. */
  advance(from: Pose, values: ArrayLike<number>, met: Set<LimitName>): void {
    const moved = moveTarget(from, values, this.#embodiment.limits);
    if (moved.workspaceLimited) met.add('workspace');
    if (moved.stepLimited) met.add('step_size');
    const dexterity = this.#dexterityAt(this.joints);
    for (const partOf of PARTS) {
      const whole = partOf(from, moved.baseFromEe);
      let part = whole;
      let limit = this.#solve(part, dexterity);
      const share = this.#shareNearSingularity(dexterity);
      if ((limit === undefined || limit === 'singularity') && share < 1) {
        met.add('singularity');
        part = interpolatePose(from, whole, share);
        limit = share < LEAST_SHARE ? 'singularity' : this.#solve(part, dexterity);
      }
      if (limit === undefined) {
        this.joints.set(this.#solution);
        this.#baseFromEe = part;
        return;
      }
      met.add(limit);
    }
  }

  /** Joint positions after a further action, for the speed at the seam; undefined if not exact. */
  lookAhead(values: ArrayLike<number>): Float64Array | undefined {
    const moved = moveTarget(this.#baseFromEe, values, this.#embodiment.limits);
    const dexterity = this.#dexterityAt(this.joints);
    if (this.#solve(moved.baseFromEe, dexterity) !== undefined) return undefined;
    return this.#shareNearSingularity(dexterity) < 1 ? undefined : this.#solution;
  }

  /** Writes `#solution`; what keeps the joints from being there at the end of a tick, if anything. */
  #solve(baseFromEe: Pose, dexterity: number): LimitName | undefined {
    const { status } = this.#inverse.solve(this.joints, baseFromEe, this.#solution);
    let limit = this.#limitFor(status, dexterity);
    for (let k = 0; k < MAX_DETOURS && isBarred(limit); k++) {
      const index = this.#guard.violatedIndex;
      const minClearanceM = Math.min(
        DETOUR_CLEARANCE_M,
        this.#guard.clearanceAt(this.joints, index) + CLEARANCE_GAIN_M,
      );
      if (!this.#detour.gainClearance(this.#solution, index, minClearanceM)) break;
      const around = this.#nearest.solve(this.#solution, baseFromEe, this.#solution);
      limit = this.#limitFor(around.status, dexterity);
    }
    return limit;
  }

  /** What keeps the joints from `#solution`, as the inverse kinematics ended there. */
  #limitFor(status: InverseKinematicsStatus, dexterity: number): LimitName | undefined {
    this.#solutionDexterity = 0;
    if (status !== 'ok') return status === 'limit' ? 'joint_position' : 'ik';
    let travel = 0;
    for (let i = 0; i < this.joints.length; i++) {
      const displacement = Math.abs(this.#solution[i]! - this.joints[i]!);
      if (displacement > this.#bounds.velocity[i]! * this.#embodiment.tickSec) {
        return dexterity < this.#embodiment.limits.singularity.slowM
          ? 'singularity'
          : 'joint_velocity';
      }
      travel = Math.max(travel, displacement);
    }
    this.#solutionDexterity = this.#dexterityAt(this.#solution);
    return this.#limitOnPath(travel, dexterity);
  }

  /** Along the straight way of the joints to `#solution`. */
  #limitOnPath(travel: number, dexterity: number): LimitName | undefined {
    const { stopM } = this.#embodiment.limits.singularity;
    const parts = Math.max(1, Math.ceil(travel / PATH_STEP_RAD));
    this.#guard.start(this.joints);
    for (let part = 1; part <= parts; part++) {
      for (let i = 0; i < this.joints.length; i++) {
        const displacement = this.#solution[i]! - this.joints[i]!;
        this.#between[i] = this.joints[i]! + (displacement * part) / parts;
      }
      if (this.#dexterityAt(this.#between) < Math.min(stopM, dexterity)) return 'singularity';
      if (!this.#guard.follow(this.#between)) return this.#guard.violatedLimit;
    }
    return undefined;
  }

  /**
   * The part of a step that may be taken near a singularity: half of what is left to where targets
   * stop, or less, so that the arm comes slower and slower there. Steps away are not shortened.
   */
  #shareNearSingularity(dexterity: number): number {
    const { slowM, stopM } = this.#embodiment.limits.singularity;
    const after = this.#solutionDexterity;
    if (after >= slowM || after >= dexterity) return 1;
    return Math.min(1, Math.max(0, (0.5 * (dexterity - stopM)) / (dexterity - after)));
  }

  #dexterityAt(joints: Float64Array): number {
    this.#chain.evaluate(joints, this.#evaluation);
    return this.#dexterity.of(this.#evaluation.jacobian);
  }
}

/** By what the guard keeps away from. */
function isBarred(limit: LimitName | undefined): boolean {
  return limit === 'self_collision' || limit === 'table_collision';
}
