import { type GraphRunner, outputOf } from './GraphRunner.ts';
import { ImageNormaliser } from './ImageNormaliser.ts';
import type { ModelSpec } from './ModelSpec.ts';
import type { FloatTensor, IntTensor } from './Tensor.ts';

export type PlannerInput = {
  /** rgb8 [V,H,W,3] in the model's order of views. */
  readonly pixels: Uint8Array;
  readonly inputIds: IntTensor;
};

/** The planner's tokens, and its spatial answer as the heads give it. */
export type PlannerOutput = {
  readonly vlmProj: FloatTensor;
  readonly boxes: FloatTensor;
  readonly points: FloatTensor;
  readonly pointScores: FloatTensor;
  readonly trajectory: FloatTensor;
  readonly boxScores: FloatTensor | undefined;
};

/** The slow half of the model: pixels and prompt to tokens and a spatial answer. */
export interface PlannerNetwork {
  forward(input: PlannerInput): Promise<PlannerOutput>;
}

export class GraphPlannerNetwork implements PlannerNetwork {
  readonly #graphs: GraphRunner;
  readonly #normaliser: ImageNormaliser;

  constructor({ image }: ModelSpec, graphs: GraphRunner) {
    this.#graphs = graphs;
    this.#normaliser = new ImageNormaliser(image.width, image.height, image.planner);
  }

  async forward({ pixels, inputIds }: PlannerInput): Promise<PlannerOutput> {
    const image = this.#normaliser.normalise(pixels);
    const vision = await this.#graphs.run('planner_vision', { image });
    const features = outputOf(vision, 'planner_vision', 'image_features');
    const answer = await this.#graphs.run('planner_llm', {
      input_ids: inputIds,
      image_features: features,
    });
    return {
      vlmProj: outputOf(answer, 'planner_llm', 'vlm_proj'),
      boxes: outputOf(answer, 'planner_llm', 'boxes'),
      points: outputOf(answer, 'planner_llm', 'points'),
      pointScores: outputOf(answer, 'planner_llm', 'point_scores'),
      trajectory: outputOf(answer, 'planner_llm', 'trajectory'),
      boxScores: answer['box_scores'],
    };
  }
}
