import type { ActionChunk } from '../action/ActionChunk.ts';
import { gripperOpeningOf, gripperPositionOf } from '../embodiment/Embodiment.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { ExecutionStatus } from '../execution/ExecutionStatus.ts';
import { movableJoint } from '../kinematics/UrdfModel.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import type { JointSample } from '../observation/Observation.ts';
import type { ActionSource, ChunkAnswer, SourcedAction } from './ActionSource.ts';
import { chunkFault } from './chunkFault.ts';
import type { ControllerOutput, JointCommand } from './ControllerOutput.ts';
import { JointMotion } from './JointMotion.ts';
import type { JointBounds } from './JointMotion.ts';
import { JointReader } from './JointReader.ts';
import { seamVelocity } from './seamVelocity.ts';
import { TargetPlanner } from './TargetPlanner.ts';
import type { LimitName } from './TargetPlanner.ts';
import { TickClock } from './TickClock.ts';

export type ControllerOptions = {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly queue: ActionSource;
  /** Time between calls of `step`; 0.02 s. */
  readonly periodSec?: number;
  /** Joint states older than this are stale; 0.25 s. */
  readonly staleAfterSec?: number;
  /** Where the clock leaps ahead by more, queued actions are dropped; 1 s. */
  readonly clockJumpSec?: number;
};

export type JointStateAnswer =
  | { readonly accepted: true; readonly reason: '' }
  | { readonly accepted: false; readonly reason: string };

type State = { readonly status: ExecutionStatus; readonly reason: string };

const RUNNING: State = { status: 'RUNNING', reason: '' };
/** Column of the gripper opening in a canonical action. */
const GRIPPER_COLUMN = 6;

/** Without an action the arm settles on its last target within so many periods. */
const SETTLE_STEPS = 5;
/** Stamps may be this far ahead of the clock. */
const CLOCK_SKEW_NS = 100_000_000n;
/** Going on with the last command is smooth as long as the arm is this close to it, rad. */
const REANCHOR_RAD = 0.15;
/** Readings may be this far outside the limits (calibration), rad. */
const LIMIT_TOLERANCE_RAD = 0.1;

/**
 * From chunks and joint states to limited joint commands, one each period.
 *
 * Pure: time comes in as an argument, the command goes out as a value; nothing here throws in
 * operation. Every call of `step` with an anchored arm returns a command; where there is nothing to
 * execute, or no telling whether it is safe, that command holds the arm still.
 */
export class Controller {
  readonly #embodiment: Embodiment;
  readonly #queue: ActionSource;
  readonly #periodNs: number;
  readonly #staleAfterNs: bigint;
  readonly #clockJumpNs: bigint;
  readonly #reader: JointReader;
  readonly #planner: TargetPlanner;
  readonly #clock: TickClock;
  readonly #arm: JointMotion;
  readonly #gripper: JointMotion;
  readonly #endVelocities: Float64Array;
  readonly #reading: Float64Array;
  readonly #measured: Float64Array;
  readonly #gripperTarget = new Float64Array(1);
  readonly #limitsMet = new Set<LimitName>();
  #measuredStampNs: bigint | undefined;
  #measuredBaseFromEe: Pose | undefined;
  #anchored = false;
  /** The arm may have been moved by others: compare before going on. */
  #suspectMoved = false;
  #action: SourcedAction | undefined;
  #epoch = 0;
  #stopReason: string | undefined;
  #fault: string | undefined;
  #lastNs: bigint | undefined;

  constructor(options: ControllerOptions) {
    const { embodiment, urdf, queue, periodSec = 0.02 } = options;
    this.#embodiment = embodiment;
    this.#queue = queue;
    this.#periodNs = periodSec * 1e9;
    this.#staleAfterNs = nanoseconds(options.staleAfterSec ?? 0.25);
    this.#clockJumpNs = nanoseconds(options.clockJumpSec ?? 1);
    this.#planner = new TargetPlanner(embodiment, urdf);
    this.#clock = new TickClock(embodiment.tickSec);
    const { chain, maxVelocities } = this.#planner;
    this.#reader = new JointReader([...embodiment.armJoints, embodiment.gripper.joint]);
    this.#arm = new JointMotion(
      {
        lower: chain.joints.map((joint) => joint.limit.lower),
        upper: chain.joints.map((joint) => joint.limit.upper),
        velocity: maxVelocities,
        acceleration: embodiment.limits.acceleration,
      },
      periodSec,
    );
    this.#gripper = new JointMotion(gripperBounds(embodiment, urdf), periodSec);
    this.#endVelocities = new Float64Array(chain.size);
    this.#reading = new Float64Array(chain.size + 1);
    this.#measured = new Float64Array(chain.size);
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The tick that an observation of this stamp shows the beginning of. */
  tickOfStamp(stampNs: bigint): number {
    return this.#clock.tickOfStamp(stampNs);
  }

  /** Takes the joints it needs by name; refuses samples that lack one, or are older than the last. */
  onJointState(sample: JointSample): JointStateAnswer {
    if (this.#measuredStampNs !== undefined && sample.stampNs < this.#measuredStampNs) {
      return { accepted: false, reason: 'joint state: older than the one before' };
    }
    const read = this.#reader.read(sample, this.#reading);
    if (!read.accepted) return read;
    this.#measured.set(this.#reading.subarray(0, this.#measured.length));
    this.#measuredStampNs = sample.stampNs;
    this.#measuredBaseFromEe = this.#planner.chain.forward(this.#measured);
    return { accepted: true, reason: '' };
  }

  /** Queues a chunk whose row 0 belongs to tick `t0`, or refuses it whole. */
  offerChunk(chunk: ActionChunk, t0: number): ChunkAnswer {
    const refuse = (reason: string): ChunkAnswer => ({ accepted: false, reason });
    if (this.#fault !== undefined) return refuse('controller fault');
    if (this.#stopReason !== undefined) return refuse('stopped');
    const fault = chunkFault(chunk, this.#embodiment.tickSec);
    if (fault !== undefined) return refuse(fault);
    const next = this.#clock.next;
    if (!Number.isInteger(t0) || t0 < 0 || t0 > next) {
      return refuse(`t0: expected a tick in 0…${next}, found ${t0}`);
    }
    if (!Number.isInteger(chunk.epoch) || chunk.epoch < this.#epoch) {
      return refuse(`epoch: expected ${this.#epoch} or later, found ${chunk.epoch}`);
    }
    this.newEpoch(chunk.epoch);
    return this.#queue.push(chunk, t0, next);
  }

  /** Drops what is queued where `epoch` is newer than the present one; the running tick ends. */
  newEpoch(epoch: number): void {
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.#queue.clear();
    this.#endVelocities.fill(0);
  }

  /** Brings the arm to rest and keeps it there until `resume`; raises the epoch. */
  stop(reason: string): void {
    this.#stopReason ??= reason === '' ? 'stopped' : reason;
    this.newEpoch(this.#epoch + 1);
  }

  /** Ends a stop or a fault; raises the epoch, so that only new chunks move the arm. */
  resume(): void {
    this.#stopReason = undefined;
    this.#fault = undefined;
    this.#suspectMoved = true;
    this.newEpoch(this.#epoch + 1);
  }

  /** As after an episode reset: the next fresh joint state is where the arm is. A stop stays. */
  reset(): void {
    this.newEpoch(this.#epoch + 1);
    this.#anchored = false;
    this.#suspectMoved = false;
    this.#measuredStampNs = undefined;
    this.#measuredBaseFromEe = undefined;
    this.#goIdle();
  }

  /** One period: the command for its end. Call it every `periodSec`. */
  step(nowNs: bigint): ControllerOutput {
    try {
      this.#followClock(nowNs);
      const stale = this.#staleness(nowNs);
      const outside = stale === '' ? this.#anchorWhereNeeded() : '';
      const hold = this.#reasonToState(stale, outside);
      if (!this.#anchored) return this.#output(hold ?? starved(0), undefined);
      if (hold !== undefined) {
        this.#brake();
        return this.#output(hold, this.#command());
      }
      return this.#output(this.#execute(nowNs), this.#command());
    } catch (error) {
      this.#fault = `controller fault: ${String(error)}`;
      this.#arm.brake();
      const hold: State = { status: 'FAULT', reason: this.#fault };
      return this.#output(hold, this.#anchored ? this.#command() : undefined);
    }
  }

  /** A clock that went back, or leapt ahead, makes stamps and queued actions meaningless. */
  #followClock(nowNs: bigint): void {
    const elapsedNs = this.#lastNs === undefined ? 0n : nowNs - this.#lastNs;
    this.#lastNs = nowNs;
    const wentBack = elapsedNs < -CLOCK_SKEW_NS;
    if (!wentBack && elapsedNs <= this.#clockJumpNs) return;
    if (wentBack) this.#measuredStampNs = undefined;
    this.#suspectMoved = true;
    this.#clock.forgetTimes();
    this.newEpoch(this.#epoch + 1);
  }

  /** Why the joint state does not tell where the arm is now; empty where it does. */
  #staleness(nowNs: bigint): string {
    if (this.#measuredStampNs === undefined) return 'no joint state yet';
    const ageNs = nowNs - this.#measuredStampNs;
    if (ageNs > this.#staleAfterNs) return `joint state is ${seconds(ageNs)} old`;
    if (ageNs < -CLOCK_SKEW_NS)
      return `joint state is stamped ${seconds(-ageNs)} ahead of the clock`;
    return '';
  }

  /**
   * With fresh joint states: begins commands where the arm is, if it has none yet or was moved by
   * others meanwhile. Returns why that is impossible, or nothing.
   */
  #anchorWhereNeeded(): string {
    const moved = this.#suspectMoved && this.#distanceToCommand() > REANCHOR_RAD;
    this.#suspectMoved = false;
    if (this.#anchored && !moved) return '';
    this.#anchored = false;
    const outside = this.#jointOutsideLimits();
    if (outside !== '') return outside;
    this.#arm.anchor(this.#measured);
    this.#gripper.anchor([this.#reading[this.#measured.length] as number]);
    this.#planner.anchor(this.#arm.positions);
    this.#gripperTarget.set(this.#gripper.positions);
    this.#anchored = true;
    return '';
  }

  #distanceToCommand(): number {
    return this.#measured.reduce(
      (most, q, i) => Math.max(most, Math.abs(q - (this.#arm.positions[i] as number))),
      0,
    );
  }

  #jointOutsideLimits(): string {
    for (const [i, { name, limit }] of this.#planner.chain.joints.entries()) {
      const q = this.#measured[i] as number;
      if (q < limit.lower - LIMIT_TOLERANCE_RAD || q > limit.upper + LIMIT_TOLERANCE_RAD) {
        return `${name} is at ${q.toFixed(3)}, outside its limits ${limit.lower}…${limit.upper}`;
      }
    }
    return '';
  }

  /** What forbids motion, the gravest first. */
  #reasonToState(stale: string, outside: string): State | undefined {
    if (this.#fault !== undefined) return { status: 'FAULT', reason: this.#fault };
    if (this.#stopReason !== undefined) return { status: 'STOPPED', reason: this.#stopReason };
    if (stale !== '') return { status: 'HOLD_STALE', reason: stale };
    return outside === '' ? undefined : { status: 'FAULT', reason: outside };
  }

  /** Comes to rest; from there on, where it rests is the target. */
  #brake(): void {
    this.#goIdle();
    this.#gripper.brake();
    if (this.#arm.atRest) return;
    this.#arm.brake();
    if (this.#arm.atRest) this.#planner.anchor(this.#arm.positions);
  }

  #goIdle(): void {
    this.#clock.idle();
    this.#action = undefined;
    this.#limitsMet.clear();
    this.#endVelocities.fill(0);
  }

  /** Goes on with the running tick, begins the next one, or settles where there is none. */
  #execute(nowNs: bigint): State {
    if (this.#periodsLeft(nowNs) < 1) this.#beginTick(nowNs);
    const stepsLeft = this.#periodsLeft(nowNs);
    const settling = stepsLeft < 1;
    this.#arm.stepTowards(
      this.#planner.joints,
      this.#endVelocities,
      settling ? SETTLE_STEPS : stepsLeft,
    );
    this.#gripper.stepStraightTo(this.#gripperTarget);
    if (settling) return starved(this.#clock.next);
    this.#noteMotionLimits();
    const limited = this.#limitsMet.size > 0;
    return limited ? { status: 'LIMITED', reason: [...this.#limitsMet].join(', ') } : RUNNING;
  }

  /** Periods until the running tick ends, rounded; 0 where none runs. */
  #periodsLeft(nowNs: bigint): number {
    const { endNs } = this.#clock;
    return endNs === undefined
      ? 0
      : Math.max(0, Math.round(Number(endNs - nowNs) / this.#periodNs));
  }

  #beginTick(nowNs: bigint): void {
    const action = this.#queue.pop(this.#clock.next);
    if (action === undefined) {
      this.#goIdle();
      return;
    }
    const planner = this.#planner;
    this.#clock.begin(nowNs);
    this.#action = action;
    this.#limitsMet.clear();
    const measured =
      this.#embodiment.deltaBase === 'measured' ? this.#measuredBaseFromEe : undefined;
    planner.advance(measured ?? planner.baseFromEe, action.values, this.#limitsMet);
    this.#gripperTarget[0] = gripperPositionOf(
      this.#embodiment.gripper,
      action.values[GRIPPER_COLUMN] as number,
    );
    this.#foreseeSeam();
  }

  /** Speed at the end of the tick, from the action that follows as far as it is known. */
  #foreseeSeam(): void {
    this.#endVelocities.fill(0);
    const following = this.#queue.peek?.(this.#clock.next);
    const after = following && this.#planner.foresee(following.values);
    if (after === undefined) return;
    for (let i = 0; i < after.length; i++) {
      const before = this.#arm.positions[i] as number;
      const at = this.#planner.joints[i] as number;
      const velocity = seamVelocity(before, at, after[i] as number, this.#embodiment.tickSec);
      const fastest = this.#planner.maxVelocities[i] as number;
      this.#endVelocities[i] = Math.min(fastest, Math.max(-fastest, velocity));
    }
  }

  #noteMotionLimits(): void {
    const { position, velocity, acceleration } = this.#arm.limited;
    if (position) this.#limitsMet.add('joint_position');
    if (velocity) this.#limitsMet.add('joint_velocity');
    if (acceleration) this.#limitsMet.add('joint_acceleration');
  }

  #command(): JointCommand {
    const gripperJointPosition = this.#gripper.positions[0] as number;
    return {
      names: this.#embodiment.armJoints,
      positions: this.#arm.positions.slice(),
      velocities: this.#arm.velocities.slice(),
      gripperOpening: gripperOpeningOf(this.#embodiment.gripper, gripperJointPosition),
      gripperJointPosition,
    };
  }

  #output(state: State, command: JointCommand | undefined): ControllerOutput {
    const { next } = this.#clock;
    return {
      ...state,
      limitsActive: [...this.#limitsMet],
      command,
      tick: next,
      epoch: this.#epoch,
      chunkId: this.#action?.chunkId ?? 0n,
      row: this.#action?.row ?? -1,
      leftover: this.#queue.leftover(next),
      targetBaseFromEe: this.#anchored ? this.#planner.baseFromEe : undefined,
      measuredBaseFromEe: this.#measuredBaseFromEe,
      targetGripperOpening: gripperOpeningOf(
        this.#embodiment.gripper,
        this.#gripperTarget[0] as number,
      ),
    };
  }
}

function starved(tick: number): State {
  return { status: 'HOLD_STARVED', reason: `no action for tick ${tick}` };
}

function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}

function seconds(ns: bigint): string {
  return `${(Number(ns) / 1e9).toFixed(3)} s`;
}

/** The finger joint's bounds: the stroke of the gripper within the URDF's limits. */
function gripperBounds(embodiment: Embodiment, urdf: UrdfModel): JointBounds {
  const { gripper, limits } = embodiment;
  const { limit } = movableJoint(urdf, gripper.joint);
  return {
    lower: [Math.max(limit.lower, Math.min(gripper.closed, gripper.open))],
    upper: [Math.min(limit.upper, Math.max(gripper.closed, gripper.open))],
    velocity: [Math.min(limit.velocity, limits.gripperVelocity)],
    acceleration: [limits.gripperAcceleration],
  };
}
