import type { Observation } from '../observation/Observation.ts';
import type { SpatialPlan } from '../plan/SpatialPlan.ts';
import { gatherPixels } from './gatherPixels.ts';
import type { ModelSpec } from './ModelSpec.ts';
import type { PlannerNetwork } from './PlannerNetwork.ts';
import type { PromptEncoder } from './PromptEncoder.ts';
import { spatialAnswer } from './spatialAnswer.ts';
import type { FloatTensor } from './Tensor.ts';

/** What the expert needs of a plan: the tokens, and where they come from. */
export type PlannerTokens = {
  readonly planId: bigint;
  readonly observationId: bigint;
  readonly stampNs: bigint;
  readonly epoch: number;
  readonly vlmProj: FloatTensor;
};

export type PlannerAnswer = { readonly plan: SpatialPlan; readonly tokens: PlannerTokens };

/** The slow half of a policy. */
export interface Planner {
  /** Rejects when the instruction cannot be read or the observation does not fit the model. */
  plan(observation: Observation, instruction: string, epoch: number): Promise<PlannerAnswer>;
}

/** Seconds on a clock that never goes back; measures latencies. */
export type Clock = () => number;

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
    const output = await this.#network.forward({
      pixels: gatherPixels(observation, this.#spec.image),
      inputIds: prompt.inputIds,
    });
    const id = ++this.#lastPlanId;
    const { id: observationId, stampNs } = observation;
    const plan: SpatialPlan = {
      id,
      observationId,
      stampNs,
      epoch,
      instruction,
      view: this.#spec.image.views[0]!,
      ...spatialAnswer(output, this.#spec.spatial),
      rawText: '',
      latencySec: this.#clock() - startSec,
    };
    return { plan, tokens: { planId: id, observationId, stampNs, epoch, vlmProj: output.vlmProj } };
  }
}
