import { secondsOf } from '../../core/math/time.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import { rollPitchYawFromQuat } from '../../core/math/quat.ts';
import type { Observation } from '../../core/observation/Observation.ts';
import type { ActionExpert } from '../../core/policy/ActionExpert.ts';
import type { ActionStatistics } from '../../core/policy/ActionStatistics.ts';
import type { ActionSpec } from '../../core/policy/ModelSpec.ts';
import type { Clock, Planner, PlannerAnswer, PlannerTokens } from '../../core/policy/Planner.ts';
import { postprocess } from '../../core/policy/postprocess.ts';
import { floatTensor } from '../../core/policy/Tensor.ts';
import type { WireMap } from './dialects/Dialect.ts';
import { isNdArray, type NdArray, numbersOf } from './NdArray.ts';
import type { RemoteConnection } from './RemoteConnection.ts';
import type { RemoteManifest } from './RemoteManifest.ts';
import type { WireValue } from './wire.ts';

/** Plans whose sentences are known; the expert acts on the newest. */
const MAX_PLANS = 8;

export type RemotePolicyOptions = {
  readonly statisticsKey: string;
  /** For a server that answers with what the denoising gave. */
  readonly statistics: ActionStatistics | undefined;
  readonly controlPeriodSec: number;
  readonly clock: Clock;
};

/**
 * Planner and expert of a server that answers pictures and a sentence with actions. There is no plan
 * to see: the planner passes the sentence on, and the server does both.
 */
export class RemotePolicy implements Planner, ActionExpert {
  readonly #manifest: RemoteManifest;
  readonly #connection: RemoteConnection;
  readonly #options: RemotePolicyOptions;
  readonly #sentences = new Map<bigint, string>();
  #lastPlanId = 0n;
  #lastChunkId = 0n;

  constructor(
    manifest: RemoteManifest,
    connection: RemoteConnection,
    options: RemotePolicyOptions,
  ) {
    this.#manifest = manifest;
    this.#connection = connection;
    this.#options = options;
  }

  plan(observation: Observation, instruction: string, epoch: number): Promise<PlannerAnswer> {
    const planId = ++this.#lastPlanId;
    this.#sentences.set(planId, instruction);
    this.#sentences.delete(planId - BigInt(MAX_PLANS));
    const { id: observationId, stampNs } = observation;
    const vlmProj = floatTensor(new Float32Array(), [0]);
    return Promise.resolve({
      plan: {
        id: planId,
        observationId,
        stampNs,
        epoch,
        instruction,
        view: this.#manifest.image.views[0]!,
        boxes: [],
        points: [],
        trajectory: [],
        rawText: '',
        latencySec: 0,
      },
      tokens: { planId, observationId, stampNs, epoch, vlmProj },
    });
  }

  async act(observation: Observation, tokens: PlannerTokens, tick?: number): Promise<ActionChunk> {
    const { action } = this.#manifest;
    const startSec = this.#options.clock();
    const instruction = this.#sentences.get(tokens.planId);
    if (instruction === undefined) throw new Error('the plan is older than those that are kept');
    const answer = await this.#connection.ask(this.#request(observation, instruction, tick));
    return {
      id: ++this.#lastChunkId,
      observationId: observation.id,
      stampNs: observation.stampNs,
      planId: tokens.planId,
      epoch: tokens.epoch,
      planAgeSec: secondsOf(observation.stampNs - tokens.stampNs),
      controlPeriodSec: this.#options.controlPeriodSec,
      horizon: action.horizon,
      dim: action.dim,
      actions: this.#actionsOf(answer),
      latencySec: this.#options.clock() - startSec,
    };
  }

  #request(observation: Observation, instruction: string, tick: number | undefined): WireMap {
    const { dialect, imageKeys, sendsTick } = this.#manifest.remote;
    const { views } = observation;
    const images = views.map(({ image: { width, height, data } }): NdArray => {
      return { dtype: '|u1', shape: [height, width, 3], data };
    });
    const state = this.#stateOf(observation);
    const count = sendsTick ? { tick } : {};
    const unnorm_key = this.#options.statisticsKey;
    switch (dialect) {
      case 'openpi': {
        const pictures = Object.fromEntries(imageKeys.map((key, i) => [key, images[i]!]));
        return { ...pictures, 'observation/state': state, prompt: instruction, ...count };
      }
      case 'internvla_m1':
        return {
          batch_images: [images],
          instructions: [instruction],
          unnorm_key,
          state: state && [state],
          ...SAMPLING,
          ...count,
        };
      case 'starvla': {
        const example = { image: images, lang: instruction, state: state && [state] };
        return { examples: [example], unnorm_key, ...SAMPLING, ...count };
      }
    }
  }

  #stateOf({ baseFromEe, gripperOpening }: Observation): readonly number[] | undefined {
    const { position, orientation } = baseFromEe;
    switch (this.#manifest.remote.state) {
      case 'none':
        return undefined;
      case 'roll_pitch_yaw':
        return [...position, ...rollPitchYawFromQuat(orientation), gripperOpening];
      case 'quaternion':
        return [...position, ...orientation, gripperOpening];
    }
  }

  /** @throws RangeError where the answer is no chunk of this model */
  #actionsOf(answer: WireMap): Float32Array {
    const { action, remote } = this.#manifest;
    if (answer['status'] === 'error' || answer['ok'] === false) {
      const { message } = (answer['error'] ?? {}) as { message?: unknown };
      throw new Error(`${remote.url}: ${typeof message === 'string' ? message : 'an error'}`);
    }
    const data = (answer['data'] ?? {}) as WireMap;
    switch (remote.dialect) {
      case 'openpi':
        return canonical(chunkOf(answer['actions'], 'actions', action), action);
      case 'starvla':
        return canonical(chunkOf(data['actions'], 'data.actions', action), action);
      case 'internvla_m1': {
        const name = 'data.normalized_actions';
        const rows = chunkOf(data['normalized_actions'], name, action);
        return postprocess(rows, action, this.#options.statistics!);
      }
    }
  }
}

/** What the clients of these servers ask for by default. */
const SAMPLING = { do_sample: false, cfg_scale: 1.5, use_ddim: true, num_ddim_steps: 10 };

/** Actions in the dataset's units: only rotation and gripper are to be turned into ours. */
function canonical(rows: Float32Array, action: ActionSpec): Float32Array {
  const none = Array.from({ length: action.dim }, () => 0);
  const statistics = { q01: none, q99: none, mask: none.map(() => false) };
  return postprocess(rows, { ...action, clip: Infinity }, statistics);
}

/** The numbers of a chunk, alone or as a batch of one. */
function chunkOf(
  value: WireValue | undefined,
  name: string,
  { horizon, dim }: ActionSpec,
): Float32Array {
  if (value === undefined || !isNdArray(value))
    throw new RangeError(`${name}: expected an array, found none`);
  const shape =
    value.shape.length === 3 && value.shape[0] === 1 ? value.shape.slice(1) : value.shape;
  if (
    !value.dtype.startsWith('<f') ||
    shape.length !== 2 ||
    shape[0] !== horizon ||
    shape[1] !== dim
  ) {
    const found = `${value.dtype} [${value.shape.join(', ')}]`;
    throw new RangeError(`${name}: expected floats [${horizon}, ${dim}], found ${found}`);
  }
  const numbers = Float32Array.from(numbersOf(value));
  if (!numbers.every(Number.isFinite))
    throw new RangeError(`${name}: expected finite numbers, found NaN or infinity`);
  return numbers;
}
