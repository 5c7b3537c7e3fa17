import { type GraphRunner, outputOf } from './GraphRunner.ts';
import type { AnswerGraph } from './ModelSpec.ts';
import { type FloatTensor, type IntTensor, intTensor } from './Tensor.ts';

/** One step of an answer: its first token from a question, or the next one from the last. */
export type AnswerInput =
  | {
      readonly step: 'question';
      readonly inputIds: IntTensor;
      readonly positionIds: IntTensor;
      readonly imageFeatures: FloatTensor;
    }
  | {
      readonly step: 'token';
      readonly id: number;
      /** On all three axes. */
      readonly position: number;
    };

/** Reads a question and says an answer token by token; has one answer under way at a time. */
export interface AnswerNetwork {
  /** Resolves to the likeliest next token. */
  forward(input: AnswerInput): Promise<number>;
}

type Cache = { readonly keys: FloatTensor; readonly values: FloatTensor };

/** Keeps keys and values of all that was read so far, so that a step reads one token only. */
export class GraphAnswerNetwork implements AnswerNetwork {
  readonly #graphs: GraphRunner;
  #cache: Cache | undefined;

  constructor(graphs: GraphRunner) {
    this.#graphs = graphs;
  }

  async forward(input: AnswerInput): Promise<number> {
    if (input.step === 'question') {
      this.#cache = undefined;
      return this.#take('planner_llm_kv', {
        input_ids: input.inputIds,
        image_features: input.imageFeatures,
        position_ids: input.positionIds,
      });
    }
    if (!this.#cache) throw new Error('an answer begins with a question');
    const position = BigInt(input.position);
    return this.#take('planner_llm_decode', {
      input_ids: intTensor(BigInt64Array.of(BigInt(input.id)), [1, 1]),
      position_ids: intTensor(BigInt64Array.of(position, position, position), [3, 1, 1]),
      past_keys: this.#cache.keys,
      past_values: this.#cache.values,
    });
  }

  async #take(graph: AnswerGraph, inputs: Parameters<GraphRunner['run']>[1]): Promise<number> {
    const outputs = await this.#graphs.run(graph, inputs);
    this.#cache = {
      keys: outputOf(outputs, graph, 'keys'),
      values: outputOf(outputs, graph, 'values'),
    };
    return indexOfLargest(outputOf(outputs, graph, 'logits').data);
  }
}

/** The first one of several that are largest. */
function indexOfLargest(numbers: Float32Array): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[best]!) best = i;
  return best;
}
