import { type DdimStep, ddimSteps, ddimUpdate } from './ddim.ts';
import { type GraphRunner, outputOf } from './GraphRunner.ts';
import { ImageNormaliser } from './ImageNormaliser.ts';
import type { ModelSpec } from './ModelSpec.ts';
import { type FloatTensor, floatTensor, intTensor } from './Tensor.ts';

export type ExpertInput = {
  /** rgb8 [V,H,W,3] in the model's order of views: what the eye sees now. */
  readonly pixels: Uint8Array;
  /** The planner's tokens, of this observation or of an earlier one. */
  readonly vlmProj: FloatTensor;
  /** Absent where the model reads none. */
  readonly proprio: Float32Array | undefined;
  /** `prefixRows × dim` normalised actions that the chunk begins with. */
  readonly prefix: Float32Array;
  /** `horizon × dim` standard normal numbers. */
  readonly noise: Float32Array;
};

/** The fast half of the model: pixels and the planner's tokens to a chunk. */
export interface ExpertNetwork {
  /** Resolves to `horizon × dim` normalised actions, not yet clipped. */
  forward(input: ExpertInput): Promise<Float32Array>;
}

export class GraphExpertNetwork implements ExpertNetwork {
  readonly #graphs: GraphRunner;
  readonly #normaliser: ImageNormaliser;
  readonly #steps: readonly DdimStep[];
  readonly #spec: Pick<ModelSpec, 'action' | 'diffusion'>;
  /** The constant input `cfg_scale` where the graph has it. */
  readonly #guidance: { readonly cfg_scale?: FloatTensor };

  constructor(spec: ModelSpec, graphs: GraphRunner) {
    const { image, diffusion } = spec;
    this.#spec = spec;
    this.#graphs = graphs;
    this.#normaliser = new ImageNormaliser(image.width, image.height, image.eye);
    this.#steps = ddimSteps(diffusion);
    this.#guidance = spec.graphs.action_dit_step.inputs.has('cfg_scale')
      ? { cfg_scale: floatTensor(Float32Array.of(diffusion.guidanceScale), [1]) }
      : {};
  }

  async forward({ pixels, vlmProj, proprio, prefix, noise }: ExpertInput): Promise<Float32Array> {
    const image = this.#normaliser.normalise(pixels);
    const eye = await this.#graphs.run('action_eye', { image });
    const condition = await this.#graphs.run('action_condition', {
      vlm_proj: vlmProj,
      eye_tokens: outputOf(eye, 'action_eye', 'eye_tokens'),
      ...(proprio && { proprio: floatTensor(proprio, [1, proprio.length]) }),
    });
    return this.#denoise(outputOf(condition, 'action_condition', 'cond'), prefix, noise);
  }

  async #denoise(
    cond: FloatTensor,
    prefix: Float32Array,
    noise: Float32Array,
  ): Promise<Float32Array> {
    const { action, diffusion } = this.#spec;
    const sample = floatTensor(Float32Array.from(noise), [1, action.horizon, action.dim]);
    sample.data.set(prefix);
    for (const step of this.#steps) {
      const t = intTensor(BigInt64Array.of(BigInt(step.timestep)), [1]);
      const inputs = { x: sample, t, cond, ...this.#guidance };
      const predicted = await this.#graphs.run('action_dit_step', inputs);
      const eps = outputOf(predicted, 'action_dit_step', 'eps');
      ddimUpdate(sample.data, eps.data, step, diffusion.prediction);
      sample.data.set(prefix);
    }
    return sample.data;
  }
}
