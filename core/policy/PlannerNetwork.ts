import { type GraphRunner, outputOf } from './GraphRunner.ts';
import { ImageNormaliser } from './ImageNormaliser.ts';
import type { ModelSpec } from './ModelSpec.ts';
import type { FloatTensor, IntTensor } from './Tensor.ts';

export type PlannerInput = {
  /** rgb8 [V,H,W,3] in the model's order of views. */
  readonly pixels: Uint8Array;
  readonly inputIds: IntTensor;
  /** Absent where the graph does not read them. */
  readonly positionIds: IntTensor | undefined;
};

/** A spatial answer as output heads give it. */
export type SpatialHeads = {
  readonly boxes: FloatTensor;
  readonly points: FloatTensor;
  readonly pointScores: FloatTensor;
  readonly trajectory: FloatTensor;
  readonly boxScores: FloatTensor | undefined;
};

export type PlannerOutput = {
  readonly vlmProj: FloatTensor;
  /** What the language model sees of the pictures; absent where no one can ask about them. */
  readonly imageFeatures: FloatTensor | undefined;
  /** Absent where the model has no such heads. */
  readonly heads: SpatialHeads | undefined;
};

/** The slow half of the model: pixels and prompt to tokens and a spatial answer. */
export interface PlannerNetwork {
  forward(input: PlannerInput): Promise<PlannerOutput>;
}

export class GraphPlannerNetwork implements PlannerNetwork {
  readonly #graphs: GraphRunner;
  readonly #normaliser: ImageNormaliser;
  readonly #mode: ModelSpec['spatial']['mode'];

  constructor({ image, spatial }: Pick<ModelSpec, 'image' | 'spatial'>, graphs: GraphRunner) {
    this.#graphs = graphs;
    this.#normaliser = new ImageNormaliser(image.width, image.height, image.planner);
    this.#mode = spatial.mode;
  }

  async forward({ pixels, inputIds, positionIds }: PlannerInput): Promise<PlannerOutput> {
    const image = this.#normaliser.normalise(pixels);
    const vision = await this.#graphs.run('planner_vision', { image });
    const features = outputOf(vision, 'planner_vision', 'image_features');
    const answer = await this.#graphs.run('planner_llm', {
      input_ids: inputIds,
      image_features: features,
      ...(positionIds && { position_ids: positionIds }),
    });
    const take = (name: string) => outputOf(answer, 'planner_llm', name);
    return {
      vlmProj: take('vlm_proj'),
      imageFeatures: this.#mode === 'text' ? features : undefined,
      heads: this.#mode === 'heads' ? headsOf(take, answer['box_scores']) : undefined,
    };
  }
}

function headsOf(
  take: (name: string) => FloatTensor,
  boxScores: FloatTensor | undefined,
): SpatialHeads {
  return {
    boxes: take('boxes'),
    points: take('points'),
    pointScores: take('point_scores'),
    trajectory: take('trajectory'),
    boxScores,
  };
}
