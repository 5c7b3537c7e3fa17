import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { Chain, ChainEvaluation } from '../kinematics/Chain.ts';
import type { CollisionModel } from '../kinematics/CollisionModel.ts';
import { Dexterity } from '../kinematics/Dexterity.ts';
import { DEFAULT_INVERSE_KINEMATICS, InverseKinematics } from '../kinematics/InverseKinematics.ts';
import type { InverseKinematicsStatus } from '../kinematics/InverseKinematics.ts';
import { interpolatePose } from '../math/pose.ts';
import type { Pose } from '../math/types.ts';
import type { JointBounds } from './armBounds.ts';
import { clamp } from '../math/clamp.ts';
import { ElbowDetour } from './ElbowDetour.ts';
import type { LimitName } from './LimitName.ts';
import { MotionGuard } from './MotionGuard.ts';
import type { ClearanceViolation } from './MotionGuard.ts';
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
/** Attempts to find a detour within one step. */
const MAX_DETOURS = 4;
/** The way to a target is looked at wherever a joint has moved by so much, rad. */
const PATH_STEP_RAD = 0.08;
/** Shorter parts of a step towards a singularity are not worth a motion. */
const MIN_SHARE = 0.02;

/** How the inverse kinematics and the path to its solution ended. */
type Solved = {
  /** What keeps the joints from the solution, or undefined. */
  readonly limit: LimitName | undefined;
  /** The guard's index of a violated clearance; −1 for other limits. */
  readonly index: number;
  /** The dexterity at the solution, m; 0 if there is none within reach. */
  readonly dexterity: number;
};
const NO_LIMIT = { limit: undefined, index: -1 } as const;

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

  /**
   * Moves the target by an action.
   *
   * @param from the pose that the action is added to, in base axes
   * @param values a canonical action
   * @returns the limits that shortened the action, in the order in which they were found; each
   *   one may occur several times
   */
  advance(from: Pose, values: ArrayLike<number>): readonly LimitName[] {
    const moved = moveTarget(from, values, this.#embodiment.limits);
    const limits: LimitName[] = [];
    if (moved.workspaceLimited) limits.push('workspace');
    if (moved.stepLimited) limits.push('step_size');
    const dexterity = this.#dexterityAt(this.joints);
    for (const partOf of PARTS) {
      const whole = partOf(from, moved.baseFromEe);
      let part = whole;
      const solved = this.#solve(part, dexterity);
      let { limit } = solved;
      const share = this.#shareNearSingularity(dexterity, solved.dexterity);
      if ((limit === undefined || limit === 'singularity') && share < 1) {
        limits.push('singularity');
        part = interpolatePose(from, whole, share);
        limit = share < MIN_SHARE ? 'singularity' : this.#solve(part, dexterity).limit;
      }
      if (limit === undefined) {
        this.joints.set(this.#solution);
        this.#baseFromEe = part;
        return limits;
      }
      limits.push(limit);
    }
    return limits;
  }

  /**
   * Solves for the joint positions after a further action, for the speed at the seam.
   *
   * @returns joint positions, rad; undefined if the joints cannot take the whole action
   */
  lookAhead(values: ArrayLike<number>): Float64Array | undefined {
    const moved = moveTarget(this.#baseFromEe, values, this.#embodiment.limits);
    const dexterity = this.#dexterityAt(this.joints);
    const { limit, dexterity: after } = this.#solve(moved.baseFromEe, dexterity);
    if (limit !== undefined || this.#shareNearSingularity(dexterity, after) < 1) return undefined;
    return this.#solution.slice();
  }

  /** Writes `#solution`, and says what keeps the joints from being there at the end of a tick. */
  #solve(baseFromEe: Pose, dexterity: number): Solved {
    const { status } = this.#inverse.solve(this.joints, baseFromEe, this.#solution);
    let solved = this.#judge(status, dexterity);
    for (let k = 0; k < MAX_DETOURS && isObstructed(solved); k++) {
      const { index } = solved;
      const minClearanceM = Math.min(
        DETOUR_CLEARANCE_M,
        this.#guard.clearanceAt(this.joints, index) + CLEARANCE_GAIN_M,
      );
      if (!this.#detour.gainClearance(this.#solution, index, minClearanceM)) break;
      const around = this.#nearest.solve(this.#solution, baseFromEe, this.#solution);
      solved = this.#judge(around.status, dexterity);
    }
    return solved;
  }

  /** Judges `#solution`, with the status that the inverse kinematics ended with. */
  #judge(status: InverseKinematicsStatus, dexterity: number): Solved {
    if (status !== 'ok') return refused(status === 'limit' ? 'joint_position' : 'ik');
    let travel = 0;
    for (let i = 0; i < this.joints.length; i++) {
      const displacement = Math.abs(this.#solution[i]! - this.joints[i]!);
      if (displacement > this.#bounds.velocity[i]! * this.#embodiment.tickSec) {
        const isSlow = dexterity < this.#embodiment.limits.singularity.slowM;
        return refused(isSlow ? 'singularity' : 'joint_velocity');
      }
      travel = Math.max(travel, displacement);
    }
    const { limit, index } = this.#limitOnPath(travel, dexterity) ?? NO_LIMIT;
    return { limit, index, dexterity: this.#dexterityAt(this.#solution) };
  }

  /** The first limit on the straight path of the joints to `#solution`. */
  #limitOnPath(travel: number, dexterity: number): ClearanceViolation | undefined {
    const { stopM } = this.#embodiment.limits.singularity;
    const parts = Math.max(1, Math.ceil(travel / PATH_STEP_RAD));
    this.#guard.start(this.joints);
    for (let part = 1; part <= parts; part++) {
      for (let i = 0; i < this.joints.length; i++) {
        const displacement = this.#solution[i]! - this.joints[i]!;
        this.#between[i] = this.joints[i]! + (displacement * part) / parts;
      }
      if (this.#dexterityAt(this.#between) < Math.min(stopM, dexterity)) {
        return { limit: 'singularity', index: -1 };
      }
      const violation = this.#guard.follow(this.#between);
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  /**
   * The share (0…1) of a step that may be taken near a singularity, from the dexterities before and
   * after the whole step, m: at most half of what is left to where targets stop, so that the arm gets
   * slower and slower there. Steps away are not shortened.
   */
  #shareNearSingularity(dexterity: number, after: number): number {
    const { slowM, stopM } = this.#embodiment.limits.singularity;
    if (after >= slowM || after >= dexterity) return 1;
    return Math.min(1, Math.max(0, (0.5 * (dexterity - stopM)) / (dexterity - after)));
  }

  #dexterityAt(joints: Float64Array): number {
    this.#chain.evaluate(joints, this.#evaluation);
    return this.#dexterity.of(this.#evaluation.jacobian);
  }
}

function refused(limit: LimitName): Solved {
  return { limit, index: -1, dexterity: 0 };
}

/** Whether the path comes too near to the arm itself or to the table. */
function isObstructed({ limit }: Solved): boolean {
  return limit === 'self_collision' || limit === 'table_collision';
}
