import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import type { Observation } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { PlannerTokens } from '../../core/policy/Planner.ts';
import { suiteScene } from '../../sim/suites/suites.ts';
import { variantScene } from '../../sim/suites/variants.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { type EvalPolicy, openPolicy } from './EvalPolicy.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { FilmStrip, type Picture } from './FilmStrip.ts';
import { type TimelineEntry, timelineOf } from './timeline.ts';
import { type Outcome, OutcomeWatch } from './Outcome.ts';
import { ScriptedPolicy } from './ScriptedPolicy.ts';
import { SimulatedArm } from './SimulatedArm.ts';
import { Stopwatch } from './Stopwatch.ts';
import { createVirtualLoop, type VirtualLoopParts } from './createVirtualLoop.ts';

export type EpisodeJob = {
  readonly suite: string;
  readonly task: string;
  /** Undefined where the scene is to look as it does. */
  readonly variant: string | undefined;
  readonly seed: bigint;
  /** Whether pictures are to be kept. */
  readonly isPictured: boolean;
};

export type EpisodeResult = {
  readonly outcome: Outcome;
  /** Policy periods that passed, and how many of them had an action. */
  readonly ticks: number;
  readonly executedTicks: number;
  /** What was said and what happened, in order. */
  readonly course: readonly TimelineEntry[];
  /** Of a success the beginning and the end, of a failure all that was kept. */
  readonly pictures: readonly Picture[];
};

/** Runs episodes one after another; nothing of one reaches into the next. */
export class EpisodeRunner {
  readonly #world: SimWorld;
  readonly #policy: EvalPolicy;
  readonly #settings: LoopSettings;
  readonly #arm: SimulatedArm;
  readonly stopwatch = new Stopwatch();

  private constructor(world: SimWorld, policy: EvalPolicy, settings: LoopSettings) {
    this.#world = world;
    this.#policy = policy;
    this.#settings = settings;
    this.#arm = new SimulatedArm(world, policy.viewName, policy.image, this.stopwatch);
  }

  static async open(settings: LoopSettings): Promise<EpisodeRunner> {
    const embodiment: Embodiment = embodimentByName(settings.robot);
    const world = await SimWorld.create({ embodiment, urdfText: await readUrdf(embodiment) });
    return new EpisodeRunner(world, await openPolicy(settings, embodiment, world), settings);
  }

  get policyName(): string {
    return this.#policy.name;
  }

  async close(): Promise<void> {
    await this.#policy.close();
    this.#world.dispose();
  }

  async run(job: EpisodeJob): Promise<EpisodeResult> {
    const scene = this.#sceneOf(job);
    const { instruction } = this.#world.resetScene(scene);
    const { maxTicks } = scene;
    this.#arm.forgetPicture();
    const film = new FilmStrip(maxTicks);
    const outcomes = new OutcomeWatch(this.#world);
    let newestPlan: SpatialPlan | undefined;
    let executedTicks = 0;
    const loop = createVirtualLoop({
      world: this.#world,
      arm: this.#arm,
      policy: this.#timedPolicy(),
      settings: this.#settings,
      observer: {
        onPlan: (plan) => (newestPlan = plan),
        onStep: (output) => {
          executedTicks = output.tick;
          if (this.#policy.planner instanceof ScriptedPolicy) this.#policy.planner.onStep(output);
        },
      },
    });
    loop.begin(instruction);
    let said = instruction;
    for (let tick = 1; tick <= maxTicks; tick++) {
      if (this.#world.instruction !== said) {
        said = this.#world.instruction;
        loop.begin(said);
      }
      await loop.runTick();
      outcomes.watch();
      if (job.isPictured && newestPlan && film.isDue(tick))
        film.add(tick, this.#arm.photograph(), newestPlan);
    }
    const outcome = outcomes.judge();
    const pictures = job.isPictured ? film.pictures(outcome === 'success' ? 'ends' : 'all') : [];
    return { outcome, ticks: maxTicks, executedTicks, course: timelineOf(scene), pictures };
  }

  #sceneOf({ suite, task, variant, seed }: EpisodeJob): Scene {
    const { robot } = this.#settings;
    const scene = suiteScene(suite, robot, task, seed);
    return variant === undefined ? scene : variantScene(robot, variant, scene, seed);
  }

  /** The policy's two halves, with the time that they take. */
  #timedPolicy(): VirtualLoopParts['policy'] {
    const { planner, expert } = this.#policy;
    return {
      ...this.#policy,
      planner: {
        plan: (observation: Observation, instruction: string, epoch: number) =>
          this.stopwatch.timeAsync('planner', () => planner.plan(observation, instruction, epoch)),
      },
      expert: {
        act: (observation: Observation, tokens: PlannerTokens, tick?: number) =>
          this.stopwatch.timeAsync('expert', () => expert.act(observation, tokens, tick)),
      },
    };
  }
}
