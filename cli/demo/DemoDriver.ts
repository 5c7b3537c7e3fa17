import { secondsOf } from '../../core/math/time.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { ExecutionStatus } from '../../core/execution/ExecutionStatus.ts';
import { RateMeter } from '../../core/execution/RateMeter.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { DemoNode, type DemoListener, type EpisodeStateReport } from './DemoNode.ts';
import { EpisodeRecord } from './EpisodeRecord.ts';
import type { LiveView } from './LiveView.ts';
import { sleep, waitUntilPresent } from '../operator/joinGraph.ts';

/** An episode with its two large pictures. */
export type FinishedEpisode = {
  readonly record: EpisodeRecord;
  readonly begin: { readonly image: RgbImage; readonly plan: SpatialPlan | undefined };
  readonly end: { readonly image: RgbImage; readonly plan: SpatialPlan | undefined };
};

const VIEW_PERIOD_MS = 100;
/** A loaded machine starts slowly; a model is read meanwhile. */
const START_LIMIT_MS = 90_000;
/** Without any news for this long, something is broken. */
const SILENCE_LIMIT_MS = 20_000;

/** Gives one instruction after the other, follows what the nodes say and shows it. */
export class DemoDriver implements DemoListener {
  readonly #view: LiveView;
  readonly #embodiment: Embodiment;
  readonly #plannerRate = new RateMeter();
  readonly #expertRate = new RateMeter();
  #node: DemoNode | undefined;
  #record: EpisodeRecord | undefined;
  /** What the operator has said last. */
  #said = '';
  #begin: FinishedEpisode['begin'] | undefined;
  #status: ExecutionStatus = 'HOLD_STARVED';
  #finished = false;
  #lastNewsMs = performance.now();

  constructor(view: LiveView, embodiment: Embodiment) {
    this.#view = view;
    this.#embodiment = embodiment;
  }

  /** Joins the graph and waits for the nodes. */
  async start(onWait: (missing: readonly string[]) => void): Promise<void> {
    const node = await DemoNode.start(this, simArmOf(this.#embodiment).cameraName);
    this.#node = node;
    await waitUntilPresent(() => node.missing(), START_LIMIT_MS, onWait);
  }

  stop(): void {
    this.#node?.stop();
  }

  async runEpisode(
    task: string,
    seed: bigint,
    number: number,
    count: number,
  ): Promise<FinishedEpisode> {
    const node = this.#node!;
    const instruction = await node.operator.beginEpisode(task, seed);
    const record = new EpisodeRecord(task, seed, instruction, this.#embodiment.tickSec);
    this.#record = record;
    this.#begin = undefined;
    this.#finished = false;
    this.#plannerRate.reset();
    this.#expertRate.reset();
    this.#lastNewsMs = performance.now();
    this.#instruct(instruction);
    while (!this.#finished) {
      await sleep(VIEW_PERIOD_MS);
      this.#show(record, number, count);
      if (performance.now() - this.#lastNewsMs > SILENCE_LIMIT_MS) {
        throw new Error(`${task}: no news of the episode for ${SILENCE_LIMIT_MS / 1000} s`);
      }
    }
    this.#record = undefined;
    const end = { image: node.image!, plan: record.plan };
    return { record, begin: this.#begin ?? end, end };
  }

  onPlan(plan: SpatialPlan): void {
    const record = this.#record;
    if (record === undefined || plan.instruction !== this.#said) return;
    const nowNs = this.#node!.nowNs();
    record.addPlan(plan, nowNs);
    this.#plannerRate.add(nowNs, plan.latencySec);
    if (this.#begin === undefined && this.#node!.image) {
      this.#begin = { image: this.#node!.image, plan };
    }
  }

  onChunk(chunk: { readonly latencySec: number; readonly planAgeSec: number }): void {
    const nowNs = this.#node!.nowNs();
    this.#record?.addChunk(chunk, nowNs);
    this.#expertRate.add(nowNs, chunk.latencySec);
  }

  onExecution(ticksConsumed: number, row: number, status: ExecutionStatus): void {
    this.#status = status;
    this.#record?.addExecution(ticksConsumed, row);
  }

  onEpisode(state: EpisodeStateReport): void {
    const record = this.#record;
    if (state.task !== record?.task || BigInt(state.seed) !== record.seed) return;
    this.#lastNewsMs = performance.now();
    // Some episodes have a second instruction.
    if (state.instruction !== this.#said) this.#instruct(state.instruction);
    record.tick = state.tick;
    record.maxTicks = state.max_ticks;
    record.success = state.success;
    const image = this.#node!.thumbnail();
    if (image) record.frames.push({ tick: state.tick, image, plan: record.plan });
    this.#finished = state.finished;
  }

  #instruct(instruction: string): void {
    this.#said = instruction;
    this.#node!.operator.instruct(instruction);
  }

  #show(episode: EpisodeRecord, number: number, count: number): void {
    const nowNs = this.#node!.nowNs();
    this.#view.show({
      episode,
      number,
      count,
      status: this.#status,
      plannerHz: this.#plannerRate.rateHz(nowNs),
      expertHz: this.#expertRate.rateHz(nowNs),
      plannerLatencySec: this.#plannerRate.latencySec(nowNs),
      expertLatencySec: this.#expertRate.latencySec(nowNs),
      planAgeSec: episode.plan && secondsOf(nowNs - episode.plan.stampNs),
      succeedsNow: episode.success,
    });
  }
}
