import { OrtGraphs, type OrtOptions } from '../../adapters/onnx/OrtGraphs.ts';
import type { GraphRunner, TensorMap } from '../../core/policy/GraphRunner.ts';
import type { GraphName } from '../../core/policy/ModelSpec.ts';
import type { FloatTensor } from '../../core/policy/Tensor.ts';

/** Of one run: on the clock, and of processors, which others' work does not lengthen much. */
export type RunTime = { readonly wallMs: number; readonly processorMs: number };

type Open = { readonly graph: GraphName; readonly graphs: OrtGraphs };

/**
 * Runs a model's graphs and measures them, with one of them in memory at a time: each is opened when
 * it is needed, runs once unmeasured, and is closed when another one is.
 */
export class TimedGraphs implements GraphRunner {
  /** Of each run of each graph. */
  readonly times = new Map<GraphName, RunTime[]>();
  readonly #paths: ReadonlyMap<GraphName, string>;
  readonly #options: OrtOptions;
  readonly #repeat: number;
  #open: Open | undefined;

  /** @param repeat how often a graph that was just opened is run and measured */
  constructor(paths: ReadonlyMap<GraphName, string>, options: OrtOptions, repeat: number) {
    this.#paths = paths;
    this.#options = options;
    this.#repeat = repeat;
  }

  async run(graph: GraphName, inputs: TensorMap): Promise<Readonly<Record<string, FloatTensor>>> {
    if (this.#open?.graph !== graph) {
      const graphs = await this.#exchange(graph);
      await graphs.run(graph, inputs);
      for (let i = 1; i < this.#repeat; i++) await this.#measure(graphs, graph, inputs);
    }
    return this.#measure(this.#open!.graphs, graph, inputs);
  }

  async close(): Promise<void> {
    await this.#open?.graphs.close();
    this.#open = undefined;
  }

  async #exchange(graph: GraphName): Promise<OrtGraphs> {
    const path = this.#paths.get(graph);
    if (path === undefined) throw new Error(`the model has no graph ${graph}`);
    await this.close();
    const graphs = await OrtGraphs.open(new Map([[graph, path]]), this.#options);
    this.#open = { graph, graphs };
    return graphs;
  }

  async #measure(graphs: OrtGraphs, graph: GraphName, inputs: TensorMap) {
    const startUsage = process.cpuUsage();
    const startMs = performance.now();
    const outputs = await graphs.run(graph, inputs);
    const wallMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(startUsage);
    const time: RunTime = { wallMs, processorMs: (user + system) / 1000 };
    this.times.set(graph, [...(this.times.get(graph) ?? []), time]);
    return outputs;
  }
}
