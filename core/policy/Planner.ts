import type { Observation } from '../observation/Observation.ts';
import type { SpatialPlan } from '../plan/SpatialPlan.ts';
import { gatherPixels } from './gatherPixels.ts';
import type { ModelSpec } from './ModelSpec.ts';
import type { PlannerNetwork } from './PlannerNetwork.ts';
import type { PromptEncoder } from './PromptEncoder.ts';
import { type SpatialAnswer, spatialAnswer } from './spatialAnswer.ts';
import type { FloatTensor } from './Tensor.ts';

/** What the expert needs of a plan: the tokens, and where they come from. */
export type PlannerTokens = {
  readonly planId: bigint;
  readonly observationId: bigint;
  readonly stampNs: bigint;
  readonly epoch: number;
  readonly vlmProj: FloatTensor;
};

export type PlannerAnswer = {
  readonly plan: SpatialPlan;
  readonly tokens: PlannerTokens;
  /** What the planner saw, for questions about the same pictures; absent where no one can ask. */
  readonly imageFeatures?: FloatTensor | undefined;
};

/** The slow half of a policy. */
export interface Planner {
  /** Rejects when the instruction cannot be read or the observation does not fit the model. */
  plan(observation: Observation, instruction: string, epoch: number): Promise<PlannerAnswer>;
}

/** Seconds on a clock that never goes back; measures latencies. */
export type Clock = () => number;

const NO_ANSWER: SpatialAnswer = { boxes: [], points: [], trajectory: [] };

export class NetworkPlanner implements Planner {
  readonly #spec: ModelSpec;
  readonly #prompts: PromptEncoder;
  readonly #network: PlannerNetwork;
  readonly #clock: Clock;
  #lastPlanId = 0n;

  constructor(spec: ModelSpec, prompts: PromptEncoder, network: PlannerNetwork, clock: Clock) {
    this.#spec = spec;
    this.#prompts = prompts;
    this.#network = network;
    this.#clock = clock;
  }

  async plan(observation: Observation, instruction: string, epoch: number): Promise<PlannerAnswer> {
    const startSec = this.#clock();
    const prompt = this.#prompts.encode(instruction);
    if (!prompt.ok) throw new Error(prompt.reason);
    const { image, spatial } = this.#spec;
    const { vlmProj, imageFeatures, heads } = await this.#network.forward({
      pixels: gatherPixels(observation, image),
      inputIds: prompt.inputIds,
      positionIds: prompt.positionIds,
    });
    const id = ++this.#lastPlanId;
    const { id: observationId, stampNs } = observation;
    const plan: SpatialPlan = {
      id,
      observationId,
      stampNs,
      epoch,
      instruction,
      view: image.views[0]!,
      ...(heads && spatial.mode === 'heads' ? spatialAnswer(heads, spatial) : NO_ANSWER),
      rawText: '',
      latencySec: this.#clock() - startSec,
    };
    const tokens = { planId: id, observationId, stampNs, epoch, vlmProj };
    return { plan, tokens, imageFeatures };
  }
}
