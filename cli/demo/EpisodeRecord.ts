import { secondsOf } from '../../core/math/time.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import { median, rateHz } from '../../core/math/statistics.ts';

/** A camera picture at a tick of the episode, with the plan that held then. */
export type Frame = {
  readonly tick: number;
  readonly image: RgbImage;
  readonly plan: SpatialPlan | undefined;
};

export type EpisodeFigures = {
  readonly plannerHz: number;
  readonly expertHz: number;
  /** Medians. */
  readonly plannerLatencySec: number;
  readonly expertLatencySec: number;
  readonly planAgeSec: number;
  /** Rows of a chunk that had passed when its first row was executed: the delay that `eval` takes. */
  readonly delayTicks: number;
  /** From the frame to the arrival of its plan. */
  readonly planDelayTicks: number;
  /** Share of the ticks in which the arm had nothing to execute. */
  readonly heldShare: number;
};

type ChunkArrival = { readonly latencySec: number; readonly planAgeSec: number };
type PlanArrival = { readonly latencySec: number; readonly sinceFrameSec: number };

/** What was seen of one episode over ROS; becomes its figures and pictures. */
export class EpisodeRecord {
  readonly task: string;
  readonly seed: bigint;
  readonly instruction: string;
  readonly frames: Frame[] = [];
  success = false;
  tick = 0;
  maxTicks = 0;
  plan: SpatialPlan | undefined;
  readonly #tickSec: number;
  readonly #planTimes: bigint[] = [];
  readonly #chunkTimes: bigint[] = [];
  readonly #plans: PlanArrival[] = [];
  readonly #chunks: ChunkArrival[] = [];
  readonly #rowsAtTicks: number[] = [];
  #lastTicksConsumed = -1;
  #heldSteps = 0;
  #steps = 0;

  constructor(task: string, seed: bigint, instruction: string, tickSec: number) {
    this.task = task;
    this.seed = seed;
    this.instruction = instruction;
    this.#tickSec = tickSec;
  }

  addPlan(plan: SpatialPlan, nowNs: bigint): void {
    this.plan = plan;
    this.#planTimes.push(nowNs);
    const sinceFrameSec = secondsOf(nowNs - plan.stampNs);
    this.#plans.push({ latencySec: plan.latencySec, sinceFrameSec });
  }

  addChunk(chunk: ChunkArrival, nowNs: bigint): void {
    this.#chunkTimes.push(nowNs);
    this.#chunks.push(chunk);
  }

  /** @param row of the newest chunk in what is executed now, −1 for nothing */
  addExecution(ticksConsumed: number, row: number): void {
    this.#steps += 1;
    if (row < 0) this.#heldSteps += 1;
    if (row >= 0 && ticksConsumed !== this.#lastTicksConsumed) this.#rowsAtTicks.push(row);
    this.#lastTicksConsumed = ticksConsumed;
  }

  /** The first answers carry the warm-up, so they count for no figure. */
  figures(): EpisodeFigures {
    const plans = this.#plans.slice(1);
    const chunks = this.#chunks.slice(1);
    return {
      plannerHz: rateHz(this.#planTimes),
      expertHz: rateHz(this.#chunkTimes),
      plannerLatencySec: median(plans.map(({ latencySec }) => latencySec)),
      expertLatencySec: median(chunks.map(({ latencySec }) => latencySec)),
      planAgeSec: median(chunks.map(({ planAgeSec }) => planAgeSec)),
      delayTicks: Math.round(median(this.#rowsAtTicks.slice(1))),
      planDelayTicks: Math.ceil(
        median(plans.map(({ sinceFrameSec }) => sinceFrameSec)) / this.#tickSec,
      ),
      heldShare: this.#steps === 0 ? 1 : this.#heldSteps / this.#steps,
    };
  }
}
