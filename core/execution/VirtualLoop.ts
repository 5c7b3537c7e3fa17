import type { ActionChunk } from '../action/ActionChunk.ts';
import { Controller } from '../control/Controller.ts';
import type { ControllerOutput, JointCommand } from '../control/ControllerOutput.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { JointSample, Observation, View } from '../observation/Observation.ts';
import { ObservationAssembler } from '../observation/ObservationAssembler.ts';
import type { SpatialPlan } from '../plan/SpatialPlan.ts';
import type { Expert } from '../policy/Expert.ts';
import type { Planner, PlannerTokens } from '../policy/Planner.ts';
import { ActionQueue, type ActionQueueOptions, type PushResult } from './ActionQueue.ts';
import {
  DualRateScheduler,
  type DualRateOptions,
  type ExpertJob,
  type PlannerJob,
} from './DualRateScheduler.ts';

/** An arm and its cameras in a time that passes only when told to. */
export type VirtualWorld = {
  readonly timeNs: bigint;
  jointSample(): JointSample;
  /** What the cameras see now, in the model's order; undefined where the frame is lost. */
  look(): readonly View[] | undefined;
  /** Passes one control period; without a command the last one holds. */
  step(command: JointCommand | undefined): void;
};

export type Half = 'planner' | 'expert';

export type VirtualLoopOptions = {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly viewNames: readonly string[];
  readonly world: VirtualWorld;
  readonly planner: Planner;
  readonly expert: Expert;
  readonly queue: ActionQueueOptions;
  readonly scheduling: DualRateOptions;
  /** Ticks from the frame to the result of the half's `job`-th run (from 0). */
  readonly delayTicks: (half: Half, job: number) => number;
  /** Camera frames in a tick, the first at its beginning; 1 unless told otherwise. */
  readonly framesPerTick?: number;
  readonly controlPeriodSec?: number;
  readonly observer?: VirtualLoopObserver;
};

export type VirtualLoopObserver = {
  onPlan?(plan: SpatialPlan, observation: Observation): void;
  onChunk?(chunk: ActionChunk, answer: PushResult): void;
  onDiscard?(half: Half): void;
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
  readonly #periodsPerTick: number;
  readonly #periodsPerFrame: number;
  readonly #jobs: Record<Half, number> = { planner: 0, expert: 0 };
  #pending: Pending[] = [];
  #tick = 0;

  constructor(options: VirtualLoopOptions) {
    const { embodiment, urdf, viewNames, controlPeriodSec = 0.02, framesPerTick = 1 } = options;
    this.#options = options;
    this.scheduler = new DualRateScheduler(options.scheduling);
    this.controller = new Controller({
      embodiment,
      urdf,
      queue: new ActionQueue(options.queue),
      periodSec: controlPeriodSec,
    });
    const period = embodiment.tickSec;
    this.#assembler = new ObservationAssembler({
      embodiment,
      urdf,
      viewNames,
      maxViewSkewSec: period,
      maxJointSkewSec: period,
    });
    this.#periodsPerTick = wholeNumber('control periods in a tick', period / controlPeriodSec);
    this.#periodsPerFrame = wholeNumber(
      'control periods in a frame',
      this.#periodsPerTick / framesPerTick,
    );
  }

  /** Gives an instruction: a new epoch, in which nothing of before counts. */
  begin(instruction: string): void {
    this.controller.newEpoch(this.scheduler.begin(instruction));
  }

  /** Passes one tick of time, whether or not there is an action for it. */
  async runTick(): Promise<void> {
    for (let period = 0; period < this.#periodsPerTick; period++) {
      this.#sense();
      await this.#infer(period % this.#periodsPerFrame === 0);
      this.#act();
    }
  }

  #sense(): void {
    const sample = this.#options.world.jointSample();
    this.controller.onJointState(sample);
    this.#assembler.addJoints(sample);
    this.scheduler.adoptEpoch(this.controller.epoch);
  }

  async #infer(isFrame: boolean): Promise<void> {
    const nowNs = this.#options.world.timeNs;
    this.#deliver(nowNs);
    if (!isFrame) return;
    if (this.scheduler.wantsObservation(nowNs)) this.#observe();
    for (;;) {
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
    if (output.tick !== this.#tick) this.scheduler.alignTo(nowNs);
    this.#tick = output.tick;
    observer?.onStep?.(output, nowNs);
    world.step(output.command);
  }

  /** A frame that the assembler refuses is as good as lost. */
  #observe(): void {
    for (const view of this.#options.world.look() ?? []) {
      const assembly = this.#assembler.addView(view);
      if (assembly.status === 'observation') this.scheduler.offer(assembly.observation);
    }
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
    const { expert, observer } = this.#options;
    const chunk = await expert.act(job.observation, job.tokens);
    this.#hold('expert', nowNs, () => {
      if (!this.scheduler.acted(job)) {
        observer?.onDiscard?.('expert');
        return;
      }
      const t0 = this.controller.tickOfStamp(chunk.stampNs);
      const answer = this.controller.offerChunk(chunk, t0);
      observer?.onChunk?.(chunk, answer);
    });
  }

  /** Keeps a result until its inference would have ended. */
  #hold(half: Half, startNs: bigint, deliver: () => void): void {
    const { delayTicks, embodiment } = this.#options;
    const delaySec = delayTicks(half, this.#jobs[half]) * embodiment.tickSec;
    this.#jobs[half] += 1;
    this.#pending.push({ dueNs: startNs + BigInt(Math.round(delaySec * 1e9)), deliver });
  }

  #deliver(nowNs: bigint): void {
    const due = this.#pending.filter(({ dueNs }) => dueNs <= nowNs);
    this.#pending = this.#pending.filter(({ dueNs }) => dueNs > nowNs);
    for (const { deliver } of due) deliver();
  }
}

function wholeNumber(what: string, value: number): number {
  const rounded = Math.round(value);
  if (rounded >= 1 && Math.abs(value - rounded) < 1e-6) return rounded;
  throw new RangeError(`${what}: expected a whole number, found ${value}`);
}
