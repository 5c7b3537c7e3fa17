import { Worker } from 'node:worker_threads';
import type { HalfReply } from './halfMessages.ts';
import type { HalfInfo, HalfName, Halves, NetworkSetup, OpenHalf } from './NetworkSetup.ts';
import { RemoteNetwork } from './RemoteNetwork.ts';

/** One half of a model in a worker thread of its own, so that inference never blocks the caller. */
export class NetworkThread<Half extends HalfName> implements OpenHalf<Half> {
  readonly info: HalfInfo;
  readonly #remote: RemoteNetwork<Half>;
  readonly #ended: Promise<void>;

  private constructor(info: HalfInfo, remote: RemoteNetwork<Half>, ended: Promise<void>) {
    this.info = info;
    this.#remote = remote;
    this.#ended = ended;
  }

  /** Starts the worker and waits until its graphs are loaded; rejects with the reason if they cannot be. */
  static async start<Half extends HalfName>(
    setup: NetworkSetup<Half>,
  ): Promise<NetworkThread<Half>> {
    const worker = new Worker(new URL('./networkWorker.js', import.meta.url), {
      workerData: setup,
      name: setup.half,
      // The flags of the process, such as --eval's, are not meant for this script.
      execArgv: [],
    });
    const remote = new RemoteNetwork<Half>(setup.half, (request) => worker.postMessage(request));
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        remote.fail('has ended');
        resolve();
      });
    });
    worker.on('error', (error) => remote.fail(`has crashed: ${error.message}`));
    worker.on('message', (reply: HalfReply) => remote.receive(reply));
    return new NetworkThread(await remote.opened, remote, ended);
  }

  forward(input: Halves[Half]['input']): Promise<Halves[Half]['output']> {
    return this.#remote.forward(input);
  }

  /**
   * Refuses further runs, lets those already asked for end, frees the sessions and ends the worker.
   * Ending it during a run would abort the whole process, so there is no way to do that.
   */
  async close(): Promise<void> {
    this.#remote.finish();
    await this.#ended;
  }
}
