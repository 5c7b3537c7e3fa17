import { FaultError } from '../../core/config/Fault.ts';
import { memoryStory } from './memoryStory.ts';
import { NetworkProcess } from './NetworkProcess.ts';
import type {
  NetworkInfo,
  NetworkName,
  Networks,
  NetworkSetup,
  OpenNetwork,
} from './NetworkSetup.ts';
import { WorkerEnded } from './WorkerEnded.ts';

/** A process that dies so often without having answered once is not started again. */
const MAX_IDLE_DEATHS = 3;

/**
 * A `NetworkProcess` that is started again when it dies, also while it loads. The runs that were under
 * way are rejected; those asked for meanwhile wait. Until the first answer the half counts as being
 * loaded, and a run waits for the next process as well.
 */
export class RestartingProcess<Name extends NetworkName> implements OpenNetwork<Name> {
  readonly #setup: NetworkSetup<Name>;
  readonly #report: (message: string) => void;
  readonly #ending: AbortController;
  #info: NetworkInfo | undefined;
  #current: Promise<NetworkProcess<Name>>;
  #idleDeaths = 0;
  #hasAnswered = false;

  private constructor(
    setup: NetworkSetup<Name>,
    report: (message: string) => void,
    ending: AbortController,
  ) {
    this.#setup = setup;
    this.#report = report;
    this.#ending = ending;
    this.#current = this.#load();
  }

  /**
   * Rejects where the graphs cannot be loaded, and with a `FaultError` where the process dies in each
   * of three attempts; `report` gets a sentence for each death. `signal` ends it, also while it is
   * loading.
   */
  static async start<Name extends NetworkName>(
    setup: NetworkSetup<Name>,
    report: (message: string) => void,
    signal?: AbortSignal,
  ): Promise<RestartingProcess<Name>> {
    const ending = new AbortController();
    signal?.addEventListener('abort', () => ending.abort(), { once: true });
    if (signal?.aborted) ending.abort();
    const network = new RestartingProcess(setup, report, ending);
    await network.#current;
    return network;
  }

  /** Of the first process. */
  get info(): NetworkInfo {
    return this.#info!;
  }

  async forward(input: Networks[Name]['input']): Promise<Networks[Name]['output']> {
    for (;;) {
      const network = await this.#current;
      try {
        const output = await network.forward(input);
        this.#idleDeaths = 0;
        this.#hasAnswered = true;
        return output;
      } catch (error) {
        const isFinal = this.#hasAnswered || this.#ending.signal.aborted;
        if (isFinal || !(error instanceof WorkerEnded)) throw error;
        await network.ended; // and by now the next one is `#current`
      }
    }
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

  #watch(network: NetworkProcess<Name>): void {
    void network.ended.then((reason) => {
      if (this.#ending.signal.aborted) return;
      this.#current = this.#restart(reason);
      // A caller that asks for a run is answered.
      this.#current.catch(() => undefined);
    });
  }

  async #restart(reason: string): Promise<NetworkProcess<Name>> {
    await this.#died(reason);
    try {
      return await this.#load();
    } catch (error) {
      if (error instanceof FaultError || this.#ending.signal.aborted) throw error;
      const story = `the ${this.#setup.name}'s process ${reason}, and starting it again failed`;
      const message = `${story}: ${(error as Error).message}`;
      this.#tell(message);
      throw new Error(message, { cause: error });
    }
  }

  async #load(): Promise<NetworkProcess<Name>> {
    for (;;) {
      try {
        const network = await NetworkProcess.start(this.#setup, this.#ending.signal);
        this.#info ??= network.info;
        this.#watch(network);
        return network;
      } catch (error) {
        if (!(error instanceof WorkerEnded) || this.#ending.signal.aborted) throw error;
        await this.#died(error.reason);
      }
    }
  }

  /** @throws FaultError where that was one death too many */
  async #died(reason: string): Promise<void> {
    const { name, spec, paths } = this.#setup;
    const story = `the ${name}'s process ${reason}`;
    if (++this.#idleDeaths < MAX_IDLE_DEATHS) {
      this.#tell(`${story} and is started again`);
      return;
    }
    const memory = await memoryStory([...paths.values()], reason);
    const found = `${this.#idleDeaths} deaths in a row; at last ${story}; ${memory}`;
    this.#tell(`${story} and is not started again: ${this.#idleDeaths} times without a run`);
    const fault = { source: `process of the ${name}`, field: '', expected: 'a run', found };
    throw new FaultError(`model ${spec.name}`, [fault]);
  }

  /** What a listener throws is its own affair: it never keeps a process from being started again. */
  #tell(message: string): void {
    try {
      this.#report(message);
    } catch (error) {
      process.emitWarning(`a listener to the ${this.#setup.name}'s process: ${String(error)}`);
    }
  }
}
