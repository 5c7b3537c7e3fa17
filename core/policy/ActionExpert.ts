import { secondsOf } from '../math/time.ts';
import type { ActionChunk } from '../action/ActionChunk.ts';
import type { Observation } from '../observation/Observation.ts';
import type { ActionStatistics } from './ActionStatistics.ts';
import type { ExpertNetwork } from './ExpertNetwork.ts';
import { ActionPrefix } from './ActionPrefix.ts';
import { gatherPixels } from './gatherPixels.ts';
import type { ModelSpec } from './ModelSpec.ts';
import { noiseFor } from './noiseFor.ts';
import type { Clock, PlannerTokens } from './Planner.ts';
import { postprocess } from './postprocess.ts';
import { proprioOf } from './proprioception.ts';

/** The fast half of a policy. */
export interface ActionExpert {
  /**
   * The chunk has the epoch of the tokens. `tick` is the controller's tick that the observation
   * belongs to, undefined where no one counts. Rejects when the observation does not fit the model.
   */
  act(observation: Observation, tokens: PlannerTokens, tick?: number): Promise<ActionChunk>;
}

export type ActionExpertOptions = {
  /** Of the arm that moves. */
  readonly statistics: ActionStatistics;
  readonly controlPeriodSec: number;
  /** The denoising starts from noise that depends on this and on the observation's id only. */
  readonly noiseSeed: bigint;
  readonly clock: Clock;
};

export class NetworkActionExpert implements ActionExpert {
  readonly #spec: ModelSpec;
  readonly #network: ExpertNetwork;
  readonly #options: ActionExpertOptions;
  readonly #decided: ActionPrefix;
  #lastChunkId = 0n;

  constructor(spec: ModelSpec, network: ExpertNetwork, options: ActionExpertOptions) {
    this.#spec = spec;
    this.#network = network;
    this.#options = options;
    this.#decided = new ActionPrefix(spec.action, options.statistics);
  }

  async act(observation: Observation, tokens: PlannerTokens, tick?: number): Promise<ActionChunk> {
    return (await this.denoise(observation, tokens, tick)).chunk;
  }

  /** As `act`, with the denoised numbers [horizon, dim] that the actions of the chunk come from. */
  async denoise(
    observation: Observation,
    tokens: PlannerTokens,
    tick?: number,
  ): Promise<{ readonly normalised: Float32Array; readonly chunk: ActionChunk }> {
    const { statistics, controlPeriodSec, noiseSeed, clock } = this.#options;
    const { image, action, proprio } = this.#spec;
    const startSec = clock();
    const normalised = await this.#network.forward({
      pixels: gatherPixels(observation, image),
      vlmProj: tokens.vlmProj,
      proprio: proprio && proprioOf(observation, proprio.homeOrientation),
      prefix: this.#decided.from(tokens.epoch, tick, observation.gripperOpening),
      noise: noiseFor(noiseSeed, observation.id, action.horizon * action.dim),
    });
    if (tick !== undefined) this.#decided.remember(tokens.epoch, tick, normalised);
    const actions = postprocess(normalised, action, statistics);
    const chunk = {
      id: ++this.#lastChunkId,
      observationId: observation.id,
      stampNs: observation.stampNs,
      planId: tokens.planId,
      epoch: tokens.epoch,
      planAgeSec: secondsOf(observation.stampNs - tokens.stampNs),
      controlPeriodSec,
      horizon: action.horizon,
      dim: action.dim,
      actions,
      latencySec: clock() - startSec,
    };
    return { normalised, chunk };
  }
}
