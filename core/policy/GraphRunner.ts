import type { GraphName } from './ModelSpec.ts';
import type { FloatTensor, Tensor } from './Tensor.ts';

export type TensorMap = Readonly<Record<string, Tensor>>;

/** Something that computes the graphs of a model package. */
export interface GraphRunner {
  /**
   * Runs one graph; the result has every output of the graph. Rejects when the inputs do not fit or
   * an output is not finite, with the names of graph, inputs and outputs.
   */
  run(graph: GraphName, inputs: TensorMap): Promise<Readonly<Record<string, FloatTensor>>>;
}

/** One output by name. */
export function outputOf(
  outputs: Readonly<Record<string, FloatTensor>>,
  graph: GraphName,
  name: string,
): FloatTensor {
  const tensor = outputs[name];
  if (!tensor) {
    throw new Error(`${graph} has no output ${name}, only ${Object.keys(outputs).join(', ')}`);
  }
  return tensor;
}
