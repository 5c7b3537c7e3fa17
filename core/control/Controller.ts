import { nsOf } from '../math/time.ts';
import type { ActionChunk } from '../action/ActionChunk.ts';
import type { ActionQueue, PushResult } from '../execution/ActionQueue.ts';
import { epochAfter, epochLead, leapFault } from '../execution/epochs.ts';
import type { ExecutionStatus } from '../execution/ExecutionStatus.ts';
import type { Pose } from '../math/types.ts';
import type { JointSample } from '../observation/Observation.ts';
import type { OfferMoment } from './chunkTime.ts';
import type { ControllerOptions } from './ControllerOptions.ts';
import { type ControllerParts, controllerParts } from './ControllerParts.ts';
import type { ControllerOutput } from './ControllerOutput.ts';
import type { ControlState } from './HoldConditions.ts';
import { CLOCK_SKEW_NS } from './JointMonitor.ts';
import type { JointStateAnswer } from './JointMonitor.ts';
import { requireSpeedScale } from './speedScale.ts';

const RUNNING: ControlState = { status: 'RUNNING', reason: '' };

/** With these a command is sent in every period, also at rest. */
const STREAMING: ReadonlySet<ExecutionStatus> = new Set(['RUNNING', 'LIMITED', 'HOLD_STARVED']);

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
  readonly #parts: ControllerParts;
  #epoch = 0;
  #lastNs: bigint | undefined;
  #speedScale = 1;
  #heldSinceNs: bigint | undefined;

  constructor(options: ControllerOptions) {
    this.#tickSec = options.embodiment.tickSec;
    this.#queue = options.queue;
    this.#forgetAfterNs = nsOf(options.forgetAfterSec ?? 1);
    this.#parts = controllerParts(options);
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
    requireSpeedScale(scale);
    this.#parts.clock.setSpeed(scale, this.#lastNs ?? 0n);
    this.#speedScale = scale;
    this.#parts.motion.speedScale = scale;
  }

  /** The tick whose beginning an observation of this stamp shows. */
  tickOfStamp(stampNs: bigint): number {
    return this.#parts.clock.tickOfStamp(stampNs);
  }

  /** Takes the joints it needs by name; refuses samples that lack one, or are older than the last. */
  onJointState(sample: JointSample): JointStateAnswer {
    return this.#parts.monitor.accept(sample);
  }

  /**
   * Queues a chunk whose row 0 belongs to tick `t0`, or refuses it whole. One of a newer epoch
   * begins that epoch.
   *
   * @param nowNs the time of the offer; that of the last period by default
   */
  offerChunk(chunk: ActionChunk, t0: number, nowNs = this.#lastNs): PushResult {
    const { next } = this.#parts.clock;
    const moment = { nowNs: nowNs ?? chunk.stampNs, tickSec: this.tickSec, t0, next };
    const fault = this.#refusal(chunk, moment);
    if (fault !== undefined) return { accepted: false, reason: `chunk ${chunk.id}: ${fault}` };
    this.newEpoch(chunk.epoch);
    return this.#queue.push(this.#parts.gate.trimmed(chunk, moment), t0, next);
  }

  /**
   * Drops what is queued where `epoch` is newer than the present one; the running tick ends.
   *
   * @returns why it is no epoch to continue with; undefined where it is, or is the present or an older one
   */
  newEpoch(epoch: number): string | undefined {
    const next = epochAfter(epoch, 0);
    const fault = leapFault(next, this.#epoch);
    if (fault !== undefined || epochLead(next, this.#epoch) <= 0) return fault;
    this.#epoch = next;
    this.#parts.ticks.forget();
    return undefined;
  }

  /** Brings the arm to rest and keeps it there until `resume`; raises the epoch. */
  stop(reason: string): void {
    this.#parts.holds.stopReason ??= reason === '' ? 'stopped' : reason;
    this.newEpoch(this.#epoch + 1);
  }

  /**
   * What keeps the driver from moving the arm (torque is off, a motor is in error); undefined when
   * nothing does any more. A fault until then and until `resume`.
   */
  driverFault(reason: string | undefined): void {
    this.#parts.faults.report(reason);
  }

  /** The fault that lasts until `resume`; undefined if there is none. */
  get latchedFault(): string | undefined {
    return this.#parts.faults.fault;
  }

  /** As a fault that was found here: for one that is older than this controller. */
  latchFault(reason: string): void {
    this.#parts.faults.raise(reason === '' ? 'a fault without words' : reason);
    this.newEpoch(this.#epoch + 1);
  }

  /** Ends a stop or a fault; raises the epoch, so that only new chunks move the arm. */
  resume(): void {
    this.#parts.faults.clear();
    this.#parts.holds.stopReason = undefined;
    this.#parts.anchor.doubt(this.#lastNs ?? 0n);
    this.newEpoch(this.#epoch + 1);
  }

  /**
   * Why the driver would not follow now; undefined if it would. Until then the arm is
   * held, and no chunk is taken; afterwards it continues from where it is, without `resume`.
   */
  inhibit(reason: string | undefined): void {
    if (reason !== undefined && this.#parts.holds.inhibition === undefined)
      this.newEpoch(this.#epoch + 1);
    else if (reason === undefined && this.#parts.holds.inhibition !== undefined) this.reset();
    this.#parts.holds.inhibition = reason;
  }

  /** As after an episode's reset: commands begin again where the arm rests. A stop stays. */
  reset(): void {
    this.newEpoch(this.#epoch + 1);
    this.#parts.anchor.relocate(this.#lastNs ?? 0n);
    this.#parts.ticks.idle();
  }

  /** One period: the command for its end, if one is sent. Call it every `periodSec`. */
  step(nowNs: bigint): ControllerOutput {
    try {
      this.#followClock(nowNs);
      const { hold, isLost } = this.#parts.holds.judge(nowNs);
      if (isLost) this.newEpoch(this.#epoch + 1);
      if (!this.#parts.anchor.hasCommand) return this.#output(hold ?? this.#starved(), false);
      const state = hold === undefined ? this.#execute(nowNs) : this.#brake(hold, nowNs);
      return this.#output(state, this.#parts.anchor.afterStep(nowNs, STREAMING.has(state.status)));
    } catch (error) {
      const reason = this.#parts.faults.raise(`controller fault: ${String(error)}`);
      const state = this.#brake({ status: 'FAULT', reason }, nowNs);
      const isSent = this.#parts.anchor.hasCommand && this.#parts.anchor.afterStep(nowNs, false);
      return this.#output(state, isSent);
    }
  }

  #refusal(chunk: ActionChunk, moment: OfferMoment): string | undefined {
    if (this.#parts.faults.fault !== undefined) return this.#parts.faults.fault;
    const stopped = this.#parts.holds.stopped;
    if (stopped !== undefined) return `stopped: ${stopped}`;
    if (this.#parts.anchor.waitsFor !== undefined) return this.#parts.anchor.waitsFor;
    return this.#parts.gate.fault(chunk, moment, this.#epoch);
  }

  /** A clock that went back, or leapt ahead, makes stamps and queued actions meaningless. */
  #followClock(nowNs: bigint): void {
    const elapsedNs = this.#lastNs === undefined ? 0n : nowNs - this.#lastNs;
    this.#lastNs = nowNs;
    const wentBack = elapsedNs < -CLOCK_SKEW_NS;
    if (!wentBack && elapsedNs <= this.#forgetAfterNs) return;
    if (wentBack) this.#parts.monitor.forget();
    this.#parts.anchor.forgetTimes(nowNs);
    this.#parts.clock.forgetTimes();
    this.newEpoch(this.#epoch + 1);
  }

  #brake(hold: ControlState, nowNs: bigint): ControlState {
    this.#parts.ticks.idle();
    this.#heldSinceNs ??= nowNs;
    if (nowNs - this.#heldSinceNs > this.#forgetAfterNs) this.#queue.clear();
    this.#parts.motion.brake();
    return hold;
  }

  #execute(nowNs: bigint): ControlState {
    this.#heldSinceNs = undefined;
    if (!this.#parts.ticks.step(nowNs, this.#parts.monitor.baseFromEe as Pose))
      return this.#starved();
    const limits = [...this.#parts.motion.limitsActive];
    return limits.length > 0 ? { status: 'LIMITED', reason: limits.join(', ') } : RUNNING;
  }

  #starved(): ControlState {
    return { status: 'HOLD_STARVED', reason: `no action for tick ${this.#parts.clock.next}` };
  }

  #output({ status, reason }: ControlState, isSent: boolean): ControllerOutput {
    const { next } = this.#parts.clock;
    const { action } = this.#parts.ticks;
    return {
      status,
      reason,
      limitsActive: [...this.#parts.motion.limitsActive],
      command: isSent ? this.#parts.motion.command() : undefined,
      tick: next,
      epoch: this.#epoch,
      chunkId: action?.chunkId ?? 0n,
      row: action?.row ?? -1,
      leftover: this.#queue.leftover(next),
      speedScale: this.#speedScale,
      targetBaseFromEe: this.#parts.anchor.hasCommand
        ? this.#parts.motion.targetBaseFromEe
        : undefined,
      measuredBaseFromEe: this.#parts.monitor.baseFromEe,
      targetGripperOpening: this.#parts.motion.targetGripperOpening,
    };
  }
}
