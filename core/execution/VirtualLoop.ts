import { nsOf } from '../math/time.ts';
import { CONTROL_PERIOD_SEC } from '../control/controlPeriod.ts';
import type { ActionChunk } from '../action/ActionChunk.ts';
import { Controller } from '../control/Controller.ts';
import type { ControllerOutput, JointCommand } from '../control/ControllerOutput.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { JointSample, Observation, View } from '../observation/Observation.ts';
import { ObservationAssembler } from '../observation/ObservationAssembler.ts';
import type { SpatialPlan } from '../plan/SpatialPlan.ts';
import type { ActionExpert } from '../policy/ActionExpert.ts';
import type { Planner, PlannerTokens } from '../policy/Planner.ts';
import type { PushResult } from './ActionQueue.ts';
import {
  DualRateScheduler,
  type DualRateOptions,
  type ExpertJob,
  type PlannerJob,
} from './DualRateScheduler.ts';
import { type ExecutionSpec, newQueue } from './ExecutionSpec.ts';
import { TickFollower } from './TickFollower.ts';
import { periodsBeforeTick } from './tickPeriods.ts';

/** An arm and its cameras in a time that passes only when told to. */
export type VirtualWorld = {
  /** In a recording no arm follows the commands; simulated arms begin at rest. */
  readonly arm: 'simulated' | 'recorded';
  readonly timeNs: bigint;
  /** What came since the last call, the oldest first. */
  jointSamples(): readonly JointSample[];
  /**
   * What the cameras see now, or have shown since the last call, each primary view after the others
   * that belong to it; undefined where there is nothing new.
   */
  look(): readonly View[] | undefined | Promise<readonly View[] | undefined>;
  /**
   * What an operator has said since the last call, where there is one in this world. It counts as
   * `begin`, and the arm's commands begin again from where its joint states say that it is.
   */
  instruction?(): string | undefined;
  /** Passes one control period; without a command the last one holds. */
  step(command: JointCommand | undefined): void;
};

export type Subsystem = 'planner' | 'expert';

export type VirtualLoopOptions = {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly viewNames: readonly string[];
  readonly world: VirtualWorld;
  readonly planner: Planner;
  readonly expert: ActionExpert;
  readonly execution: ExecutionSpec;
  readonly scheduling: DualRateOptions;
  /** Ticks from the frame to the result of the half's `job`-th run (from 0). */
  readonly delayTicks: (subsystem: Subsystem, job: number) => number;
  /** Camera frames in a tick, at most one a period, the first at its beginning; 1 by default. */
  readonly framesPerTick?: number;
  readonly controlPeriodSec?: number;
  /**
   * Makes an observation of every frame, as a live node does; else only of those that start a job,
   * which spares a simulated world drawing the others.
   */
  readonly looksAlways?: boolean;
  /** Furthest that another view, or the joints, may be from the primary view; a tick by default. */
  readonly maxSkewSec?: number;
  readonly observer?: VirtualLoopObserver;
};

export type VirtualLoopObserver = {
  onObservation?(observation: Observation): void;
  /** Joint states, or a frame, that no observation can be made of. */
  onRefusal?(reason: string): void;
  onPlan?(plan: SpatialPlan, observation: Observation): void;
  onChunk?(chunk: ActionChunk, answer: PushResult): void;
  onDiscard?(subsystem: Subsystem): void;
  onStep?(output: ControllerOutput, nowNs: bigint): void;
};

type Pending = { readonly dueNs: bigint; readonly deliver: () => void };

/**
 * The parts that the ROS nodes are made of (assembler, scheduler, policy, queue, controller) wired
 * in one thread and virtual time. A result is held back for as many ticks as its inference is said
 * to take, so that a run depends on these numbers and never on the speed of the machine.
 */
export class VirtualLoop {
  readonly scheduler: DualRateScheduler;
  readonly controller: Controller;
  readonly #options: VirtualLoopOptions;
  readonly #assembler: ObservationAssembler;
  readonly #ticks: TickFollower;
  readonly #periodSec: number;
  readonly #jobs: Record<Subsystem, number> = { planner: 0, expert: 0 };
  #pending: Pending[] = [];
  #tick = 0;

  constructor(options: VirtualLoopOptions) {
    const { embodiment, urdf, viewNames, controlPeriodSec = CONTROL_PERIOD_SEC } = options;
    this.#options = options;
    this.scheduler = new DualRateScheduler(options.scheduling);
    this.controller = new Controller({
      embodiment,
      urdf,
      queue: newQueue(options.execution),
      arm: options.world.arm,
      periodSec: controlPeriodSec,
      gripperHoldTicks: options.execution.gripperHoldTicks,
    });
    const period = embodiment.tickSec;
    this.#ticks = new TickFollower(period);
    this.#assembler = new ObservationAssembler({
      embodiment,
      urdf,
      viewNames,
      maxViewSkewSec: options.maxSkewSec ?? period,
      maxJointSkewSec: options.maxSkewSec ?? period,
    });
    this.#periodSec = controlPeriodSec;
  }

  /** Gives an instruction: a new epoch, in which nothing of before counts. */
  begin(instruction: string): void {
    this.controller.newEpoch(this.scheduler.begin(instruction));
  }

  /** Passes one tick of time, whether or not there is an action for it. */
  async runTick(): Promise<void> {
    const { embodiment, framesPerTick = 1 } = this.#options;
    const begins = (tick: number) => periodsBeforeTick(tick, embodiment.tickSec, this.#periodSec);
    const periods = begins(this.#tick + 1) - begins(this.#tick);
    const frame = (period: number) => Math.floor((period * framesPerTick) / periods);
    this.#tick += 1;
    for (let period = 0; period < periods; period++) {
      this.#sense();
      await this.#infer(period === 0 || frame(period) > frame(period - 1));
      this.#act();
    }
  }

  #sense(): void {
    const { world } = this.#options;
    const instruction = world.instruction?.();
    if (instruction !== undefined) {
      this.controller.reset();
      this.begin(instruction);
    }
    for (const sample of world.jointSamples()) {
      this.controller.onJointState(sample);
      const answer = this.#assembler.addJoints(sample);
      if (!answer.accepted) this.#options.observer?.onRefusal?.(answer.reason);
    }
    this.scheduler.adoptEpoch(this.controller.epoch);
  }

  async #infer(isFrame: boolean): Promise<void> {
    const { world, looksAlways = false } = this.#options;
    const nowNs = world.timeNs;
    const hasNews = this.#deliver(nowNs);
    if (!isFrame) return;
    const isWanted = looksAlways || this.scheduler.wantsObservation(nowNs);
    const hasSeen = isWanted && (await this.#observe());
    // As in a live node, jobs start when something has come.
    while (hasNews || hasSeen) {
      const { planner, expert } = this.scheduler.take(nowNs);
      if (planner === undefined && expert === undefined) return;
      if (planner !== undefined) await this.#plan(planner, nowNs);
      if (expert !== undefined) await this.#chunk(expert, nowNs);
      this.#deliver(nowNs);
    }
  }

  #act(): void {
    const { world, observer } = this.#options;
    const nowNs = world.timeNs;
    const output = this.controller.step(nowNs);
    if (this.#ticks.follow(output.tick, nowNs, output.speedScale)) this.scheduler.alignTo(nowNs);
    observer?.onStep?.(output, nowNs);
    world.step(output.command);
  }

  /** True where there is an observation; a frame that the assembler refuses is as good as lost. */
  async #observe(): Promise<boolean> {
    const { world, observer } = this.#options;
    let hasSeen = false;
    for (const view of (await world.look()) ?? []) {
      const assembly = this.#assembler.addView(view);
      if (assembly.status === 'kept') continue;
      if (assembly.status === 'observation') {
        hasSeen = true;
        this.scheduler.offer(assembly.observation);
        observer?.onObservation?.(assembly.observation);
      } else observer?.onRefusal?.(assembly.reason);
    }
    return hasSeen;
  }

  async #plan(job: PlannerJob<Observation>, nowNs: bigint): Promise<void> {
    const { planner, observer } = this.#options;
    const { plan, tokens } = await planner.plan(job.observation, job.instruction, job.epoch);
    this.#hold('planner', nowNs, () => {
      if (this.scheduler.planned(job, tokens)) observer?.onPlan?.(plan, job.observation);
      else observer?.onDiscard?.('planner');
    });
  }

  async #chunk(job: ExpertJob<Observation, PlannerTokens>, nowNs: bigint): Promise<void> {
    const { expert, observer, world } = this.#options;
    const tick = this.#ticks.tickOfStamp(job.observation.stampNs);
    const chunk = await expert.act(job.observation, job.tokens, tick);
    this.#hold('expert', nowNs, () => {
      if (!this.scheduler.acted(job)) {
        observer?.onDiscard?.('expert');
        return;
      }
      const t0 = this.controller.tickOfStamp(chunk.stampNs);
      const answer = this.controller.offerChunk(chunk, t0, world.timeNs);
      observer?.onChunk?.(chunk, answer);
    });
  }

  /** Keeps a result until its inference would have ended. */
  #hold(subsystem: Subsystem, startNs: bigint, deliver: () => void): void {
    const { delayTicks, embodiment } = this.#options;
    const delaySec = delayTicks(subsystem, this.#jobs[subsystem]) * embodiment.tickSec;
    this.#jobs[subsystem] += 1;
    this.#pending.push({ dueNs: startNs + nsOf(delaySec), deliver });
  }

  /** True where there was something. */
  #deliver(nowNs: bigint): boolean {
    const due = this.#pending.filter(({ dueNs }) => dueNs <= nowNs);
    this.#pending = this.#pending.filter(({ dueNs }) => dueNs > nowNs);
    for (const { deliver } of due) deliver();
    return due.length > 0;
  }
}
