import type { ActionChunk } from '../action/ActionChunk.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { ActionQueue, PoppedAction, PushResult } from '../execution/ActionQueue.ts';
import type { ExecutionStatus } from '../execution/ExecutionStatus.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import type { JointSample } from '../observation/Observation.ts';
import { ArmMotion } from './ArmMotion.ts';
import { chunkFault } from './chunkFault.ts';
import type { ControllerOutput, JointCommand } from './ControllerOutput.ts';
import { FaultLatch } from './FaultLatch.ts';
import { FollowingMonitor } from './FollowingMonitor.ts';
import type { FollowingLimits } from './FollowingMonitor.ts';
import { GripperHold } from './GripperHold.ts';
import { CLOCK_SKEW_NS, JointMonitor } from './JointMonitor.ts';
import type { JointStateAnswer } from './JointMonitor.ts';
import { TickClock } from './TickClock.ts';

export type ControllerOptions = {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly queue: ActionQueue;
  /** Time between calls of `step`; 0.02 s. */
  readonly periodSec?: number;
  /** Joint states older than this are stale; 0.25 s. */
  readonly staleAfterSec?: number;
  /** Where the clock leaps ahead, or the arm is held, for longer, queued actions are dropped; 1 s. */
  readonly forgetAfterSec?: number;
  /** Ticks for which a change of the gripper holds before another one counts; 0. */
  readonly gripperHoldTicks?: number;
  /** Rows of which the observation is older than this are not executed; 0 (the default): all are. */
  readonly maxBlindSec?: number;
  /** How well the arm has to follow; undefined where no arm does, as in a replay. */
  readonly following?: FollowingLimits | undefined;
};

type State = { readonly status: ExecutionStatus; readonly reason: string };

const RUNNING: State = { status: 'RUNNING', reason: '' };

/** Least share of the full speed that can be asked for. */
export const SLOWEST = 0.05;

/** Going on with the last command is smooth as long as the arm is this close to it, rad. */
const REANCHOR_RAD = 0.15;
/** During a fault the command is to be where the arm is, so that nothing pushes or jumps later. */
const RELAXED_RAD = 0.01;

/**
 * From chunks and joint states to limited joint commands, one each period.
 *
 * Pure: time comes in as an argument, the command goes out as a value, and nothing throws in
 * operation. Nothing is commanded before fresh joint states were seen; from then on every period
 * has a command, which holds the arm still where there is nothing to execute, or no telling
 * whether it is safe.
 */
export class Controller {
  readonly #tickSec: number;
  readonly #queue: ActionQueue;
  readonly #periodNs: number;
  readonly #forgetAfterNs: bigint;
  readonly #gripperHold: GripperHold;
  readonly #motion: ArmMotion;
  readonly #monitor: JointMonitor;
  readonly #clock: TickClock;
  readonly #faults: FaultLatch;
  /** Rows of a chunk beyond these are for too long after its observation. */
  readonly #mostRows: number;
  /** Commands continue from the arm's position; false until that is known. */
  #anchored = false;
  /** Others may have moved the arm: compare before going on. */
  #suspectMoved = false;
  #action: PoppedAction | undefined;
  #epoch = 0;
  #stopReason: string | undefined;
  #obstacle: string | undefined;
  #lastNs: bigint | undefined;
  #speedScale = 1;
  #heldSinceNs: bigint | undefined;

  constructor(options: ControllerOptions) {
    const { embodiment, urdf, queue, periodSec = 0.02 } = options;
    this.#tickSec = embodiment.tickSec;
    this.#queue = queue;
    this.#periodNs = periodSec * 1e9;
    this.#forgetAfterNs = nanoseconds(options.forgetAfterSec ?? 1);
    this.#gripperHold = new GripperHold(options.gripperHoldTicks ?? 0);
    this.#motion = new ArmMotion(embodiment, urdf, periodSec);
    const { chain, bounds } = this.#motion;
    const staleAfterNs = nanoseconds(options.staleAfterSec ?? 0.25);
    this.#monitor = new JointMonitor(embodiment, chain, bounds, staleAfterNs);
    this.#clock = new TickClock(embodiment.tickSec);
    const { following, maxBlindSec = 0 } = options;
    this.#mostRows =
      maxBlindSec > 0 ? Math.ceil(maxBlindSec / embodiment.tickSec - 1e-9) : Infinity;
    this.#faults = new FaultLatch(
      following && new FollowingMonitor(embodiment.armJoints, following, periodSec),
    );
  }

  /** Chunks of an older epoch are refused; `newEpoch`, `stop`, `resume` and `reset` raise it. */
  get epoch(): number {
    return this.#epoch;
  }

  /** How long a tick takes at the present speed. */
  get tickSec(): number {
    return this.#tickSec / this.#speedScale;
  }

  /**
   * Slows the arm down: ticks last 1 / `scale` as long, and joints keep to this share of their speed
   * limits. Counted in ticks nothing changes, so the path is the same. Stopping stays as quick as ever.
   *
   * @param scale 0.05…1; may change at any time
   * @throws RangeError for another one
   */
  setSpeedScale(scale: number): void {
    if (!(scale >= SLOWEST && scale <= 1)) {
      throw new RangeError(`speed scale: expected ${SLOWEST} to 1, found ${scale}`);
    }
    this.#clock.setSpeed(scale, this.#lastNs ?? 0n);
    this.#speedScale = scale;
    this.#motion.speedScale = scale;
  }

  /** The tick whose beginning an observation of this stamp shows. */
  tickOfStamp(stampNs: bigint): number {
    return this.#clock.tickOfStamp(stampNs);
  }

  /** Takes the joints it needs by name; refuses samples that lack one, or are older than the last. */
  onJointState(sample: JointSample): JointStateAnswer {
    return this.#monitor.accept(sample);
  }

  /**
   * Queues a chunk whose row 0 belongs to tick `t0`, or refuses it whole. One of a newer epoch
   * begins that epoch.
   */
  offerChunk(chunk: ActionChunk, t0: number): PushResult {
    const fault = this.#refusal(chunk, t0);
    if (fault !== undefined) return { accepted: false, reason: `chunk ${chunk.id}: ${fault}` };
    this.newEpoch(chunk.epoch);
    const horizon = Math.min(chunk.horizon, this.#mostRows);
    return this.#queue.push({ ...chunk, horizon }, t0, this.#clock.next);
  }

  /** Drops what is queued where `epoch` is newer than the present one; the running tick ends. */
  newEpoch(epoch: number): void {
    if (!(epoch > this.#epoch)) return;
    this.#epoch = epoch;
    this.#queue.clear();
    this.#gripperHold.forget();
    this.#motion.stopAtTarget();
  }

  /** Brings the arm to rest and keeps it there until `resume`; raises the epoch. */
  stop(reason: string): void {
    this.#stopReason ??= reason === '' ? 'stopped' : reason;
    this.newEpoch(this.#epoch + 1);
  }

  /**
   * What keeps the driver from moving the arm (torque is off, a motor is in error); undefined when
   * nothing does any more. A fault until then and until `resume`.
   */
  driverFault(reason: string | undefined): void {
    this.#faults.report(reason);
  }

  /** Ends a stop or a fault; raises the epoch, so that only new chunks move the arm. */
  resume(): void {
    this.#faults.clear();
    this.#stopReason = undefined;
    this.#suspectMoved = true;
    this.newEpoch(this.#epoch + 1);
  }

  /**
   * Why whoever moves the arm would not follow now; undefined where it would. Until then the arm is
   * held, and no chunk is taken; afterwards it goes on from where it is, without `resume`.
   */
  obstruct(reason: string | undefined): void {
    if (reason !== undefined && this.#obstacle === undefined) this.newEpoch(this.#epoch + 1);
    else if (reason === undefined && this.#obstacle !== undefined) this.reset();
    this.#obstacle = reason;
  }

  /** As after an episode reset: the next joint state tells anew where the arm is. A stop stays. */
  reset(): void {
    this.newEpoch(this.#epoch + 1);
    this.#anchored = false;
    this.#monitor.forget();
    this.#idle();
  }

  /** One period: the command for its end. Call it every `periodSec`. */
  step(nowNs: bigint): ControllerOutput {
    try {
      this.#followClock(nowNs);
      const hold = this.#reasonToHold(nowNs);
      if (!this.#anchored) return this.#output(hold ?? this.#starved(), undefined);
      const state = hold === undefined ? this.#execute(nowNs) : this.#brake(hold, nowNs);
      return this.#output(state, this.#motion.command());
    } catch (error) {
      const reason = this.#faults.raise(`controller fault: ${String(error)}`);
      const state = this.#brake({ status: 'FAULT', reason }, nowNs);
      return this.#output(state, this.#anchored ? this.#motion.command() : undefined);
    }
  }

  #refusal(chunk: ActionChunk, t0: number): string | undefined {
    if (this.#faults.fault !== undefined) return this.#faults.fault;
    const stopped = this.#stopReason ?? this.#obstacle;
    if (stopped !== undefined) return `stopped: ${stopped}`;
    const { next } = this.#clock;
    if (!Number.isInteger(t0) || t0 < 0 || t0 > next) return `t0: expected 0…${next}, found ${t0}`;
    if (!Number.isInteger(chunk.epoch) || chunk.epoch < this.#epoch) {
      return `epoch: expected ${this.#epoch} or later, found ${chunk.epoch}`;
    }
    return chunkFault(chunk, this.#tickSec);
  }

  /** A clock that went back, or leapt ahead, makes stamps and queued actions meaningless. */
  #followClock(nowNs: bigint): void {
    const elapsedNs = this.#lastNs === undefined ? 0n : nowNs - this.#lastNs;
    this.#lastNs = nowNs;
    const wentBack = elapsedNs < -CLOCK_SKEW_NS;
    if (!wentBack && elapsedNs <= this.#forgetAfterNs) return;
    if (wentBack) this.#monitor.forget();
    this.#suspectMoved = true;
    this.#clock.forgetTimes();
    this.newEpoch(this.#epoch + 1);
  }

  /** What forbids motion, the gravest first. */
  #reasonToHold(nowNs: bigint): State | undefined {
    const stale = this.#monitor.staleness(nowNs);
    this.#watchDriver(stale !== undefined);
    const misplaced = stale === undefined ? this.#anchorWhereNeeded() : undefined;
    const { fault } = this.#faults;
    if (fault !== undefined) return { status: 'FAULT', reason: fault };
    const stopped = this.#stopReason ?? this.#obstacle;
    if (stopped !== undefined) return { status: 'STOPPED', reason: stopped };
    if (stale !== undefined) return { status: 'HOLD_STALE', reason: stale };
    return misplaced === undefined ? undefined : { status: 'FAULT', reason: misplaced };
  }

  /** Whether the arm follows. While it need not, or cannot, it may be moved by others. */
  #watchDriver(isStale: boolean): void {
    const isStopped = (this.#stopReason ?? this.#obstacle) !== undefined;
    const mustFollow = !isStale && this.#anchored && !isStopped;
    this.#faults.check(mustFollow, this.#motion.positions, this.#monitor.joints);
    if (isStale || this.#faults.fault !== undefined) this.#suspectMoved = true;
  }

  /**
   * With fresh joint states: begins commands where the arm is, if there are none yet or if others
   * moved it meanwhile. Why that is impossible, if so.
   */
  #anchorWhereNeeded(): string | undefined {
    if (this.#suspectMoved && this.#anchored && this.#isElsewhere()) {
      this.#anchored = false;
      this.newEpoch(this.#epoch + 1);
    }
    this.#suspectMoved = false;
    if (this.#anchored) return undefined;
    const misplaced = this.#monitor.outsideLimits();
    if (misplaced !== undefined) return misplaced;
    this.#motion.anchor(this.#monitor.joints, this.#monitor.gripperPosition);
    this.#anchored = true;
    return undefined;
  }

  /** The arm is not where it was commanded to be; in a fault that counts once the command rests. */
  #isElsewhere(): boolean {
    const { positions, velocities } = this.#motion.command();
    const distance = this.#monitor.distanceTo(positions);
    if (this.#faults.fault === undefined) return distance > REANCHOR_RAD;
    return distance > RELAXED_RAD && velocities.every((velocity) => velocity === 0);
  }

  #brake(hold: State, nowNs: bigint): State {
    this.#idle();
    this.#heldSinceNs ??= nowNs;
    if (nowNs - this.#heldSinceNs > this.#forgetAfterNs) this.#queue.clear();
    this.#motion.brake();
    return hold;
  }

  /** Goes on with the running tick, begins the next one, or settles where there is none. */
  #execute(nowNs: bigint): State {
    this.#heldSinceNs = undefined;
    if (this.#periodsLeft(nowNs) < 1) this.#beginTick(nowNs);
    if (this.#action === undefined) {
      this.#motion.settle();
      return this.#starved();
    }
    this.#motion.stepTowardsTarget(Math.max(1, this.#periodsLeft(nowNs)));
    const limits = [...this.#motion.limitsMet];
    return limits.length > 0 ? { status: 'LIMITED', reason: limits.join(', ') } : RUNNING;
  }

  /** Periods until the running tick ends, rounded; 0 where none runs. */
  #periodsLeft(nowNs: bigint): number {
    const { endNs } = this.#clock;
    return endNs === undefined ? 0 : Math.round(Number(endNs - nowNs) / this.#periodNs);
  }

  #beginTick(nowNs: bigint): void {
    const popped = this.#queue.pop(this.#clock.next);
    if (popped === undefined) {
      this.#idle();
      return;
    }
    this.#clock.begin(nowNs);
    const action = this.#gripperHold.apply(popped);
    this.#action = action;
    const measured = this.#monitor.baseFromEe as Pose;
    const following = this.#queue.peek(this.#clock.next);
    this.#motion.beginTick(action.values, following?.values, measured);
  }

  #idle(): void {
    this.#clock.idle();
    this.#action = undefined;
  }

  #starved(): State {
    return { status: 'HOLD_STARVED', reason: `no action for tick ${this.#clock.next}` };
  }

  #output({ status, reason }: State, command: JointCommand | undefined): ControllerOutput {
    const { next } = this.#clock;
    return {
      status,
      reason,
      limitsActive: [...this.#motion.limitsMet],
      command,
      tick: next,
      epoch: this.#epoch,
      chunkId: this.#action?.chunkId ?? 0n,
      row: this.#action?.row ?? -1,
      leftover: this.#queue.leftover(next),
      speedScale: this.#speedScale,
      targetBaseFromEe: this.#anchored ? this.#motion.targetBaseFromEe : undefined,
      measuredBaseFromEe: this.#monitor.baseFromEe,
      targetGripperOpening: this.#motion.targetGripperOpening,
    };
  }
}

function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}
