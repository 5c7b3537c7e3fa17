import { OrtGraphs } from '../onnx/OrtGraphs.ts';
import {
  buildNetwork,
  type HalfInfo,
  type HalfName,
  type HalfNetwork,
  type Halves,
  type NetworkSetup,
  type OpenHalf,
} from './NetworkSetup.ts';

/** One half of a model in the calling thread, whose event loop every run blocks. */
export class LocalNetwork<Half extends HalfName> implements OpenHalf<Half> {
  readonly #half: Half;
  readonly #graphs: OrtGraphs;
  readonly #network: HalfNetwork<Half>;
  /** Runs follow one another, so that closing can wait for those already asked for. */
  #lastRun: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(setup: NetworkSetup<Half>, graphs: OrtGraphs) {
    this.#half = setup.half;
    this.#graphs = graphs;
    this.#network = buildNetwork(setup, graphs);
  }

  static async open<Half extends HalfName>(setup: NetworkSetup<Half>): Promise<LocalNetwork<Half>> {
    return new LocalNetwork(setup, await OrtGraphs.open(setup.paths, setup));
  }

  get info(): HalfInfo {
    return { signatures: this.#graphs.signatures(), provider: this.#graphs.provider };
  }

  forward(input: Halves[Half]['input']): Promise<Halves[Half]['output']> {
    if (this.#isClosed) return Promise.reject(new Error(`the ${this.#half} is closed`));
    const run = this.#lastRun.then(() => this.#network.forward(input));
    this.#lastRun = run.catch(() => undefined);
    return run;
  }

  /** Refuses further runs, lets those already asked for end and frees the sessions. */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#lastRun = this.#lastRun.then(() => this.#graphs.close());
    }
    await this.#lastRun;
  }
}
