import { NetworkProcess } from './NetworkProcess.ts';
import type { HalfInfo, HalfName, Halves, NetworkSetup, OpenHalf } from './NetworkSetup.ts';

/** A process that dies so often without having answered once is not started again. */
const MAX_IDLE_DEATHS = 3;

/**
 * A `NetworkProcess` that is started again when it dies. The runs that were under way are rejected;
 * those asked for meanwhile wait.
 */
export class RestartingProcess<Half extends HalfName> implements OpenHalf<Half> {
  readonly info: HalfInfo;
  readonly #setup: NetworkSetup<Half>;
  readonly #report: (message: string) => void;
  readonly #ending: AbortController;
  #current: Promise<NetworkProcess<Half>>;
  #idleDeaths = 0;

  private constructor(
    setup: NetworkSetup<Half>,
    first: NetworkProcess<Half>,
    parts: { readonly report: (message: string) => void; readonly ending: AbortController },
  ) {
    this.#setup = setup;
    this.#report = parts.report;
    this.#ending = parts.ending;
    this.info = first.info;
    this.#current = Promise.resolve(first);
    this.#watch(first);
  }

  /**
   * Rejects where the first start fails; `report` gets a sentence for each death. `signal` ends it,
   * also while it is loading.
   */
  static async start<Half extends HalfName>(
    setup: NetworkSetup<Half>,
    report: (message: string) => void,
    signal?: AbortSignal,
  ): Promise<RestartingProcess<Half>> {
    const ending = new AbortController();
    signal?.addEventListener('abort', () => ending.abort(), { once: true });
    const first = await NetworkProcess.start(setup, ending.signal);
    return new RestartingProcess(setup, first, { report, ending });
  }

  async forward(input: Halves[Half]['input']): Promise<Halves[Half]['output']> {
    const network = await this.#current;
    const output = await network.forward(input);
    this.#idleDeaths = 0;
    return output;
  }

  /** Of the present process, while there is one. */
  async pid(): Promise<number> {
    return (await this.#current).pid;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    const network = await this.#current.catch(() => undefined);
    await network?.close();
  }

  #watch(network: NetworkProcess<Half>): void {
    void network.ended.then((reason) => {
      if (this.#ending.signal.aborted) return;
      const story = `the ${this.#setup.half}'s process ${reason}`;
      if (++this.#idleDeaths >= MAX_IDLE_DEATHS) {
        this.#report(`${story} and is not started again: ${this.#idleDeaths} times without a run`);
        this.#current = Promise.reject(new Error(story));
        this.#current.catch(() => undefined);
        return;
      }
      this.#report(`${story} and is started again`);
      this.#current = this.#restart(story);
      this.#current.catch((error: Error) => {
        if (!this.#ending.signal.aborted) this.#report(error.message);
      });
    });
  }

  async #restart(story: string): Promise<NetworkProcess<Half>> {
    try {
      const network = await NetworkProcess.start(this.#setup, this.#ending.signal);
      this.#watch(network);
      return network;
    } catch (error) {
      throw new Error(`${story}, and starting it again failed: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}
