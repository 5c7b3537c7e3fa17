import type { Policy } from '../../adapters/model/createPolicy.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import {
  type DualRateOptions,
  DualRateScheduler,
  type ExpertJob,
  type PlannerJob,
} from '../../core/execution/DualRateScheduler.ts';
import { EpochFollower } from '../../core/execution/EpochFollower.ts';
import { RateMeter } from '../../core/execution/RateMeter.ts';
import { reportFault } from '../../core/execution/reportFault.ts';
import { TickFollower } from '../../core/execution/TickFollower.ts';
import type { Observation } from '../../core/observation/Observation.ts';
import type { PlannerAnswer, PlannerTokens } from '../../core/policy/Planner.ts';
import type { ExecutionReport } from '../../adapters/messages/executionState.ts';

export type PolicyLoopOptions = {
  readonly policy: Pick<Policy, 'planner' | 'expert'>;
  readonly scheduling: DualRateOptions;
  /** The arm's policy period, in which the controller counts. */
  readonly tickSec: number;
  readonly nowNs: () => bigint;
  readonly onPlan: (answer: PlannerAnswer) => void;
  readonly publishChunk: (chunk: ActionChunk) => void;
  /** Everything is done that the newest of these, of this stamp, and those before it asked for. */
  readonly onSettled?: (what: 'observation' | 'execution_state', stampNs: bigint) => void;
  readonly onError: (subsystem: 'planner' | 'expert', error: unknown) => void;
};

/** Observations may come in the wrong order, but not by more than this. */
const CLOCK_SKEW_NS = 1_000_000_000n;

/**
 * Runs planner and expert when the scheduler says so, each in its own worker, and publishes results
 * that are not outdated.
 */
export class PolicyLoop {
  readonly planner = new RateMeter();
  readonly expert = new RateMeter();
  readonly #options: PolicyLoopOptions;
  #scheduler: DualRateScheduler;
  readonly #epochs = new EpochFollower();
  #lastStampNs = 0n;
  readonly #ticks: TickFollower;
  #isHalted = false;
  #discarded = 0;
  readonly #planListeners: ((answer: PlannerAnswer) => void)[] = [];

  constructor(options: PolicyLoopOptions) {
    this.#options = options;
    this.#scheduler = new DualRateScheduler(options.scheduling);
    this.#ticks = new TickFollower(options.tickSec);
    this.whenPlanned(options.onPlan);
  }

  /** From now on `listener` gets each plan that counts, after the listeners that were added before it. */
  whenPlanned(listener: (answer: PlannerAnswer) => void): void {
    this.#planListeners.push(listener);
  }

  get scheduler(): Pick<
    DualRateScheduler,
    'epoch' | 'instruction' | 'planAgeSec' | 'expertWait' | 'isIdle'
  > {
    return this.#scheduler;
  }

  /** Results that came too late to count. */
  get discarded(): number {
    return this.#discarded;
  }

  /** Restarts the measurement of rates, as after a network was started again. */
  forgetRates(): void {
    this.planner.reset();
    this.expert.reset();
  }

  /** Begins a new epoch with this instruction, or with none. */
  begin(instruction: string | undefined): number {
    this.forgetRates();
    return this.#scheduler.begin(instruction);
  }

  /** Whether the clock has gone back: a bag began again, or a simulator was restarted. */
  isFromThePast(observation: Observation): boolean {
    return observation.stampNs < this.#lastStampNs - CLOCK_SKEW_NS;
  }

  see(observation: Observation): void {
    this.#lastStampNs = observation.stampNs;
    this.#scheduler.offer(observation);
    this.#advance();
  }

  /**
   * Takes a report of the controller: its epoch, the beginnings of its ticks, whether it is stopped.
   *
   * @returns why the report is refused, or undefined if it counts
   */
  follow(report: ExecutionReport): string | undefined {
    const reason = this.#refusal(report);
    if (reason === undefined) this.#take(report);
    this.#options.onSettled?.('execution_state', report.stampNs);
    return reason;
  }

  #refusal(report: ExecutionReport): string | undefined {
    const fault = reportFault(report, this.#options.nowNs());
    if (fault !== undefined) return fault;
    const answer = this.#epochs.follow(this.#scheduler.epoch, report.epoch);
    if (answer.kind === 'refuse') return answer.reason;
    if (answer.kind === 'adopt') this.#scheduler.moveToEpoch(answer.epoch);
    return undefined;
  }

  #take({ ticksConsumed, stampNs, speedScale, status }: ExecutionReport): void {
    const hasBegun = this.#ticks.follow(ticksConsumed, stampNs, speedScale);
    if (hasBegun) this.#scheduler.alignTo(stampNs);
    this.#isHalted = status === 'STOPPED' || status === 'FAULT';
  }

  #advance(): void {
    this.#startDueJobs();
    if (this.#scheduler.isIdle) this.#options.onSettled?.('observation', this.#lastStampNs);
  }

  #startDueJobs(): void {
    if (this.#isHalted) return;
    const { planner, expert } = this.#scheduler.take(this.#options.nowNs());
    if (planner) void this.#plan(planner);
    if (expert) void this.#act(expert);
  }

  async #plan(job: PlannerJob<Observation>): Promise<void> {
    const { policy, nowNs, onError } = this.#options;
    let tokens: PlannerTokens | undefined;
    try {
      const answer = await policy.planner.plan(job.observation, job.instruction, job.epoch);
      tokens = answer.tokens;
      if (this.#scheduler.epoch === job.epoch) {
        this.planner.add(nowNs(), answer.plan.latencySec);
        for (const listener of this.#planListeners) listener(answer);
      }
    } catch (error) {
      onError('planner', error);
    }
    if (!this.#scheduler.planned(job, tokens)) this.#discarded++;
    this.#advance();
  }

  async #act(job: ExpertJob<Observation, PlannerTokens>): Promise<void> {
    const { policy, nowNs, publishChunk, onError } = this.#options;
    try {
      const tick = this.#ticks.tickOfStamp(job.observation.stampNs);
      const chunk = await policy.expert.act(job.observation, job.tokens, tick);
      if (this.#scheduler.epoch === job.epoch) {
        this.expert.add(nowNs(), chunk.latencySec);
        publishChunk(chunk);
      }
    } catch (error) {
      onError('expert', error);
    }
    if (!this.#scheduler.acted(job)) this.#discarded++;
    this.#advance();
  }
}
