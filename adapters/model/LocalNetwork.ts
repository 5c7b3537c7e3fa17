import { OrtGraphs } from '../onnx/OrtGraphs.ts';
import {
  buildNetwork,
  type NetworkInfo,
  type NetworkName,
  type ModelNetwork,
  type Networks,
  type NetworkSetup,
  type OpenNetwork,
} from './NetworkSetup.ts';

/** One half of a model in the calling thread, whose event loop every run blocks. */
export class LocalNetwork<Name extends NetworkName> implements OpenNetwork<Name> {
  readonly #name: Name;
  readonly #graphs: OrtGraphs;
  readonly #network: ModelNetwork<Name>;
  /** Runs follow one another, so that closing can wait for those already asked for. */
  #lastRun: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(setup: NetworkSetup<Name>, graphs: OrtGraphs) {
    this.#name = setup.name;
    this.#graphs = graphs;
    this.#network = buildNetwork(setup, graphs);
  }

  static async open<Name extends NetworkName>(
    setup: NetworkSetup<Name>,
  ): Promise<LocalNetwork<Name>> {
    return new LocalNetwork(setup, await OrtGraphs.open(setup.paths, setup));
  }

  get info(): NetworkInfo {
    return { signatures: this.#graphs.signatures(), provider: this.#graphs.provider };
  }

  forward(input: Networks[Name]['input']): Promise<Networks[Name]['output']> {
    if (this.#isClosed) return Promise.reject(new Error(`the ${this.#name} is closed`));
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
