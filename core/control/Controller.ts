import { CONTROL_PERIOD_SEC } from './controlPeriod.ts';
import type { ActionChunk } from '../action/ActionChunk.ts';
import type { ActionQueue, PushResult } from '../execution/ActionQueue.ts';
import { epochAfter, epochFault, epochLead, leapFault } from '../execution/epochs.ts';
import type { ExecutionStatus } from '../execution/ExecutionStatus.ts';
import type { Pose } from '../math/types.ts';
import type { JointSample } from '../observation/Observation.ts';
import { ActionTicks } from './ActionTicks.ts';
import { ArmAnchor } from './ArmAnchor.ts';
import { ArmMotion } from './ArmMotion.ts';
import { chunkFault } from './chunkFault.ts';
import { chunkTimeFault, type OfferMoment, rowsInTime } from './chunkTime.ts';
import type { ControllerOptions } from './ControllerOptions.ts';
import type { ControllerOutput } from './ControllerOutput.ts';
import { FaultLatch } from './FaultLatch.ts';
import { FollowingMonitor } from './FollowingMonitor.ts';
import { CLOCK_SKEW_NS, JointMonitor } from './JointMonitor.ts';
import type { JointStateAnswer } from './JointMonitor.ts';
import { TickClock } from './TickClock.ts';

type State = { readonly status: ExecutionStatus; readonly reason: string };

const RUNNING: State = { status: 'RUNNING', reason: '' };

/** With these a command is sent in every period, also at rest. */
const STREAMING: ReadonlySet<ExecutionStatus> = new Set(['RUNNING', 'LIMITED', 'HOLD_STARVED']);

/** Least share of the full speed that can be asked for. */
export const MIN_SPEED_SCALE = 0.05;

/**
 * From chunks and joint states to limited joint commands, one each period.
 *
 * Pure: time comes in as an argument, the command goes out as a value, and nothing throws in
 * operation. Nothing is commanded before joint states have shown the arm at rest; from then on each
 * command continues from the one before. Without an action the arm is held; while it is stopped, in
 * fault, or its place is unknown, it is brought to rest, and then nothing is sent (see `ArmAnchor`).
 */
export class Controller {
  readonly #tickSec: number;
  readonly #queue: ActionQueue;
  readonly #forgetAfterNs: bigint;
  readonly #motion: ArmMotion;
  readonly #monitor: JointMonitor;
  readonly #anchor: ArmAnchor;
  readonly #clock: TickClock;
  readonly #ticks: ActionTicks;
  readonly #faults: FaultLatch;
  /** Rows of a chunk beyond these are for too long after its observation. */
  readonly #mostRows: number;
  #epoch = 0;
  #stopReason: string | undefined;
  #inhibition: string | undefined;
  #lastNs: bigint | undefined;
  #speedScale = 1;
  #heldSinceNs: bigint | undefined;

  constructor(options: ControllerOptions) {
    const { embodiment, urdf, queue, periodSec = CONTROL_PERIOD_SEC } = options;
    this.#tickSec = embodiment.tickSec;
    this.#queue = queue;
    this.#forgetAfterNs = nanoseconds(options.forgetAfterSec ?? 1);
    this.#motion = new ArmMotion(embodiment, urdf, periodSec);
    const { chain, bounds } = this.#motion;
    const staleAfterNs = nanoseconds(options.staleAfterSec ?? 0.25);
    this.#monitor = new JointMonitor(embodiment, chain, bounds, staleAfterNs);
    this.#anchor = new ArmAnchor(options.arm ?? 'real', this.#monitor, this.#motion, periodSec);
    this.#clock = new TickClock(embodiment.tickSec);
    const { gripperHoldTicks = 0 } = options;
    const parts = { queue, clock: this.#clock, motion: this.#motion };
    this.#ticks = new ActionTicks({ ...parts, gripperHoldTicks, periodSec });
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
    if (!(scale >= MIN_SPEED_SCALE && scale <= 1)) {
      throw new RangeError(`speed scale: expected ${MIN_SPEED_SCALE} to 1, found ${scale}`);
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
   *
   * @param nowNs the time of the offer; that of the last period unless told
   */
  offerChunk(chunk: ActionChunk, t0: number, nowNs = this.#lastNs): PushResult {
    const { next } = this.#clock;
    const moment = { nowNs: nowNs ?? chunk.stampNs, tickSec: this.tickSec, t0, next };
    const fault = this.#refusal(chunk, moment);
    if (fault !== undefined) return { accepted: false, reason: `chunk ${chunk.id}: ${fault}` };
    this.newEpoch(chunk.epoch);
    const rows = rowsInTime(chunk, moment, this.#mostRows);
    // With none, the queue says how late all rows of the chunk are.
    return this.#queue.push(rows < 1 ? chunk : { ...chunk, horizon: rows }, t0, next);
  }

  /**
   * Drops what is queued where `epoch` is newer than the present one; the running tick ends.
   *
   * @returns why it is no epoch to go on to; undefined where it is, or is the present or an older one
   */
  newEpoch(epoch: number): string | undefined {
    const next = epochAfter(epoch, 0);
    const fault = leapFault(next, this.#epoch);
    if (fault !== undefined || epochLead(next, this.#epoch) <= 0) return fault;
    this.#epoch = next;
    this.#ticks.forget();
    return undefined;
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

  /** The fault that lasts until `resume`; undefined where there is none. */
  get latchedFault(): string | undefined {
    return this.#faults.fault;
  }

  /** As a fault that was found here: for one that is older than this controller. */
  latchFault(reason: string): void {
    this.#faults.raise(reason === '' ? 'a fault without words' : reason);
    this.newEpoch(this.#epoch + 1);
  }

  /** Ends a stop or a fault; raises the epoch, so that only new chunks move the arm. */
  resume(): void {
    this.#faults.clear();
    this.#stopReason = undefined;
    this.#anchor.doubt(this.#lastNs ?? 0n);
    this.newEpoch(this.#epoch + 1);
  }

  /**
   * Why whoever moves the arm would not follow now; undefined where it would. Until then the arm is
   * held, and no chunk is taken; afterwards it goes on from where it is, without `resume`.
   */
  inhibit(reason: string | undefined): void {
    if (reason !== undefined && this.#inhibition === undefined) this.newEpoch(this.#epoch + 1);
    else if (reason === undefined && this.#inhibition !== undefined) this.reset();
    this.#inhibition = reason;
  }

  /** As after an episode's reset: commands begin again where the arm rests. A stop stays. */
  reset(): void {
    this.newEpoch(this.#epoch + 1);
    this.#anchor.relocate(this.#lastNs ?? 0n);
    this.#ticks.idle();
  }

  /** One period: the command for its end, if one is sent. Call it every `periodSec`. */
  step(nowNs: bigint): ControllerOutput {
    try {
      this.#followClock(nowNs);
      const hold = this.#reasonToHold(nowNs);
      if (!this.#anchor.hasCommand) return this.#output(hold ?? this.#starved(), false);
      const state = hold === undefined ? this.#execute(nowNs) : this.#brake(hold, nowNs);
      return this.#output(state, this.#anchor.afterStep(nowNs, STREAMING.has(state.status)));
    } catch (error) {
      const reason = this.#faults.raise(`controller fault: ${String(error)}`);
      const state = this.#brake({ status: 'FAULT', reason }, nowNs);
      const isSent = this.#anchor.hasCommand && this.#anchor.afterStep(nowNs, false);
      return this.#output(state, isSent);
    }
  }

  #refusal(chunk: ActionChunk, moment: OfferMoment): string | undefined {
    if (this.#faults.fault !== undefined) return this.#faults.fault;
    const stopped = this.#stopReason ?? this.#inhibition;
    if (stopped !== undefined) return `stopped: ${stopped}`;
    if (this.#anchor.waitsFor !== undefined) return this.#anchor.waitsFor;
    const { t0, next } = moment;
    if (!Number.isInteger(t0) || t0 < 0 || t0 > next) return `t0: expected 0…${next}, found ${t0}`;
    return (
      epochFault(chunk.epoch, this.#epoch) ??
      chunkFault(chunk, this.#tickSec) ??
      chunkTimeFault(chunk, moment, this.#mostRows)
    );
  }

  /** A clock that went back, or leapt ahead, makes stamps and queued actions meaningless. */
  #followClock(nowNs: bigint): void {
    const elapsedNs = this.#lastNs === undefined ? 0n : nowNs - this.#lastNs;
    this.#lastNs = nowNs;
    const wentBack = elapsedNs < -CLOCK_SKEW_NS;
    if (!wentBack && elapsedNs <= this.#forgetAfterNs) return;
    if (wentBack) this.#monitor.forget();
    this.#anchor.forgetTimes(nowNs);
    this.#clock.forgetTimes();
    this.newEpoch(this.#epoch + 1);
  }

  /** What forbids motion, the gravest first. */
  #reasonToHold(nowNs: bigint): State | undefined {
    const stale = this.#monitor.staleness(nowNs);
    this.#watchDriver(stale !== undefined);
    const { fault } = this.#faults;
    const location = stale === undefined ? this.#anchor.locate(fault !== undefined) : undefined;
    if (location?.isLost === true) this.newEpoch(this.#epoch + 1);
    if (fault !== undefined) return { status: 'FAULT', reason: fault };
    const stopped = this.#stopReason ?? this.#inhibition;
    if (stopped !== undefined) return { status: 'STOPPED', reason: stopped };
    if (stale !== undefined) return { status: 'HOLD_STALE', reason: stale };
    if (location === undefined || location.status === 'known') return undefined;
    const status = location.status === 'misplaced' ? 'FAULT' : 'HOLD_STALE';
    return { status, reason: location.reason };
  }

  /** Whether the arm follows. While it need not, or cannot, it may be moved by others. */
  #watchDriver(isStale: boolean): void {
    const isStopped = (this.#stopReason ?? this.#inhibition) !== undefined;
    const mustFollow = !isStale && this.#anchor.isSet && !isStopped;
    this.#faults.check(mustFollow, this.#motion.positions, this.#monitor.joints);
    if (isStale || this.#faults.fault !== undefined) this.#anchor.suspect();
  }

  #brake(hold: State, nowNs: bigint): State {
    this.#ticks.idle();
    this.#heldSinceNs ??= nowNs;
    if (nowNs - this.#heldSinceNs > this.#forgetAfterNs) this.#queue.clear();
    this.#motion.brake();
    return hold;
  }

  #execute(nowNs: bigint): State {
    this.#heldSinceNs = undefined;
    if (!this.#ticks.step(nowNs, this.#monitor.baseFromEe as Pose)) return this.#starved();
    const limits = [...this.#motion.limitsActive];
    return limits.length > 0 ? { status: 'LIMITED', reason: limits.join(', ') } : RUNNING;
  }

  #starved(): State {
    return { status: 'HOLD_STARVED', reason: `no action for tick ${this.#clock.next}` };
  }

  #output({ status, reason }: State, isSent: boolean): ControllerOutput {
    const { next } = this.#clock;
    const { action } = this.#ticks;
    return {
      status,
      reason,
      limitsActive: [...this.#motion.limitsActive],
      command: isSent ? this.#motion.command() : undefined,
      tick: next,
      epoch: this.#epoch,
      chunkId: action?.chunkId ?? 0n,
      row: action?.row ?? -1,
      leftover: this.#queue.leftover(next),
      speedScale: this.#speedScale,
      targetBaseFromEe: this.#anchor.hasCommand ? this.#motion.targetBaseFromEe : undefined,
      measuredBaseFromEe: this.#monitor.baseFromEe,
      targetGripperOpening: this.#motion.targetGripperOpening,
    };
  }
}

function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}
