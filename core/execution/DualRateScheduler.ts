import { nsOf, secondsOf } from '../math/time.ts';
import type { Observation } from '../observation/Observation.ts';
import type { PlannerTokens } from '../policy/Planner.ts';
import { epochAfter, epochLead } from './epochs.ts';

export type DualRateOptions = {
  /** Shortest time between two starts of the planner; 0: as soon as it is free. Not in lock-step. */
  readonly plannerPeriodSec: number;
  /**
   * The expert runs once per so much time, counted from the ticks that `alignTo` tells; 0: on every
   * observation.
   */
  readonly expertPeriodSec: number;
  /** The expert does not act on a plan that is this much older than what it sees. */
  readonly maxPlanAgeSec: number;
  /** Both halves from one frame, one after the other, at the expert's period: as in the reference. */
  readonly lockStep: boolean;
};

type Stamped = { readonly stampNs: bigint };
type Seen = Stamped & { readonly id: bigint };

export type PlannerJob<O> = {
  readonly observation: O;
  readonly instruction: string;
  readonly epoch: number;
};

export type ExpertJob<O, T> = {
  readonly observation: O;
  readonly tokens: T;
  readonly epoch: number;
};

export type DueJobs<O, T> = {
  readonly planner: PlannerJob<O> | undefined;
  readonly expert: ExpertJob<O, T> | undefined;
};

/** Why the expert does not run though there is something to see. */
export type ExpertWait = 'no_instruction' | 'no_plan' | 'plan_too_old';

/**
 * Decides when the slow and the fast half of a policy start, and whether a result still counts.
 *
 * Pure: it runs nothing and reads no clock. The owner offers observations (of which the newest
 * counts), takes the jobs that are due, runs them as it likes and reports their ends. Each half has
 * at most one job under way, and neither waits for the other, except in lock-step. An epoch is a
 * stretch of time with one instruction: what began in an earlier one is discarded.
 */
export class DualRateScheduler<O extends Seen = Observation, T extends Stamped = PlannerTokens> {
  readonly #plannerPeriodNs: bigint;
  readonly #expertPeriodNs: bigint;
  readonly #maxPlanAgeNs: bigint;
  readonly #lockStep: boolean;
  #epoch = 0;
  #instruction: string | undefined;
  #newest: O | undefined;
  #tokens: T | undefined;
  /** In lock-step: what the last plan was made of, until the expert has run on it. */
  #plannedFrame: O | undefined;
  #plannerJob: PlannerJob<O> | undefined;
  #expertJob: ExpertJob<O, T> | undefined;
  #plannerStartNs: bigint | undefined;
  #lastPlanned: O | undefined;
  #lastActed: O | undefined;
  #anchorNs = 0n;

  constructor(options: DualRateOptions) {
    this.#plannerPeriodNs = nanoseconds('plannerPeriodSec', options.plannerPeriodSec);
    this.#expertPeriodNs = nanoseconds('expertPeriodSec', options.expertPeriodSec);
    this.#maxPlanAgeNs = nanoseconds('maxPlanAgeSec', options.maxPlanAgeSec);
    this.#lockStep = options.lockStep;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get instruction(): string | undefined {
    return this.#instruction;
  }

  /** True while both halves are free. */
  get isIdle(): boolean {
    return this.#plannerJob === undefined && this.#expertJob === undefined;
  }

  /** Starts a new epoch with this instruction, without one where it is undefined. */
  begin(instruction: string | undefined): number {
    return this.#enter(epochAfter(this.#epoch), instruction);
  }

  /** Follows another party (the controller) that has gone on to a later epoch. */
  adoptEpoch(epoch: number): void {
    if (epochLead(epoch, this.#epoch) > 0) this.#enter(epoch, this.#instruction);
  }

  /** Goes to the epochs of another party that was started again, also where they are behind. */
  moveToEpoch(epoch: number): void {
    if (epoch !== this.#epoch) this.#enter(epoch, this.#instruction);
  }

  /** Says when a tick began, which the expert's period then counts from. */
  alignTo(tickStartNs: bigint): void {
    this.#anchorNs = tickStartNs;
  }

  /** The newest counts; one that is older than the present one is ignored. */
  offer(observation: O): void {
    if (this.#newest !== undefined && observation.stampNs < this.#newest.stampNs) return;
    this.#newest = observation;
  }

  /** The jobs to start now; they count as started. */
  take(nowNs: bigint): DueJobs<O, T> {
    return { planner: this.#takePlannerJob(nowNs), expert: this.#takeExpertJob() };
  }

  /** True when an observation made now would start a job at once. */
  wantsObservation(nowNs: bigint): boolean {
    if (this.#plannerMayStart(nowNs)) return true;
    return !this.#lockStep && this.#expertMayStart(nowNs);
  }

  /**
   * The planner is free again; `tokens` are undefined where it failed. False: the result is of an
   * earlier epoch, discard it.
   */
  planned(job: PlannerJob<O>, tokens: T | undefined): boolean {
    if (this.#plannerJob === job) this.#plannerJob = undefined;
    if (job.epoch !== this.#epoch) return false;
    if (tokens === undefined) return true;
    this.#tokens = tokens;
    if (this.#lockStep) this.#plannedFrame = job.observation;
    return true;
  }

  /** The expert is free again. False: discard its result. */
  acted(job: ExpertJob<O, T>): boolean {
    if (this.#expertJob === job) this.#expertJob = undefined;
    return job.epoch === this.#epoch;
  }

  /** Age of the present plan, by the stamp of what it was made of; undefined without one. */
  planAgeSec(nowNs: bigint): number | undefined {
    return this.#tokens && secondsOf(nowNs - this.#tokens.stampNs);
  }

  /** What the expert waits for, apart from observations and being busy. */
  expertWait(nowNs: bigint): ExpertWait | undefined {
    if (this.#instruction === undefined) return 'no_instruction';
    if (this.#tokens === undefined) return 'no_plan';
    return nowNs - this.#tokens.stampNs > this.#maxPlanAgeNs ? 'plan_too_old' : undefined;
  }

  #enter(epoch: number, instruction: string | undefined): number {
    this.#epoch = epoch;
    this.#instruction = instruction;
    this.#newest = undefined;
    this.#tokens = undefined;
    this.#plannedFrame = undefined;
    this.#plannerStartNs = undefined;
    this.#lastPlanned = undefined;
    this.#lastActed = undefined;
    return epoch;
  }

  #takePlannerJob(nowNs: bigint): PlannerJob<O> | undefined {
    const observation = this.#newest;
    const instruction = this.#instruction;
    if (observation === undefined || instruction === undefined) return undefined;
    if (observation === this.#lastPlanned || !this.#plannerMayStart(nowNs)) return undefined;
    this.#plannerStartNs = nowNs;
    this.#lastPlanned = observation;
    this.#plannerJob = { observation, instruction, epoch: this.#epoch };
    return this.#plannerJob;
  }

  #takeExpertJob(): ExpertJob<O, T> | undefined {
    const observation = this.#lockStep ? this.#plannedFrame : this.#newest;
    const tokens = this.#tokens;
    if (observation === undefined || tokens === undefined) return undefined;
    if (observation === this.#lastActed || !this.#expertMayStart(observation.stampNs)) {
      return undefined;
    }
    this.#lastActed = observation;
    this.#plannedFrame = undefined;
    this.#expertJob = { observation, tokens, epoch: this.#epoch };
    return this.#expertJob;
  }

  #plannerMayStart(nowNs: bigint): boolean {
    if (this.#instruction === undefined || this.#plannerJob !== undefined) return false;
    if (this.#lockStep) {
      const expertIsNext = this.#expertJob !== undefined || this.#plannedFrame !== undefined;
      return !expertIsNext && this.#isNewPeriod(nowNs);
    }
    const startNs = this.#plannerStartNs;
    return startNs === undefined || nowNs - startNs >= this.#plannerPeriodNs;
  }

  #expertMayStart(stampNs: bigint): boolean {
    if (this.#expertJob !== undefined || this.expertWait(stampNs) !== undefined) return false;
    return this.#isNewPeriod(stampNs);
  }

  /** True when a stamp lies in a later period of the expert than what it ran on last. */
  #isNewPeriod(stampNs: bigint): boolean {
    const last = this.#lastActed;
    if (last === undefined || this.#expertPeriodNs === 0n) return true;
    return this.#periodOf(stampNs) > this.#periodOf(last.stampNs);
  }

  #periodOf(stampNs: bigint): bigint {
    const sinceNs = stampNs - this.#anchorNs;
    const period = sinceNs / this.#expertPeriodNs;
    // bigint division rounds towards zero
    return sinceNs < 0n && period * this.#expertPeriodNs !== sinceNs ? period - 1n : period;
  }
}

function nanoseconds(name: string, seconds: number): bigint {
  if (Number.isFinite(seconds) && seconds >= 0) return nsOf(seconds);
  throw new RangeError(`${name}: expected seconds of at least 0, found ${seconds}`);
}
