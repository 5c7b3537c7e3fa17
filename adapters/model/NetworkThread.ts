import { Worker } from 'node:worker_threads';
import type { NetworkReply } from './networkMessages.ts';
import type {
  NetworkInfo,
  NetworkName,
  Networks,
  NetworkSetup,
  OpenNetwork,
} from './NetworkSetup.ts';
import { RemoteNetwork } from './RemoteNetwork.ts';

/** One half of a model in a worker thread of its own, so that inference never blocks the caller. */
export class NetworkThread<Name extends NetworkName> implements OpenNetwork<Name> {
  readonly info: NetworkInfo;
  readonly #remote: RemoteNetwork<Name>;
  readonly #ended: Promise<void>;

  private constructor(info: NetworkInfo, remote: RemoteNetwork<Name>, ended: Promise<void>) {
    this.info = info;
    this.#remote = remote;
    this.#ended = ended;
  }

  /** Starts the worker and waits until its graphs are loaded; rejects with the reason if they cannot be. */
  static async start<Name extends NetworkName>(
    setup: NetworkSetup<Name>,
  ): Promise<NetworkThread<Name>> {
    const worker = new Worker(new URL('./networkWorker.js', import.meta.url), {
      workerData: setup,
      name: setup.name,
      // The flags of the process, such as --eval's, are not meant for this script.
      execArgv: [],
    });
    const remote = new RemoteNetwork<Name>(setup.name, (request) => worker.postMessage(request));
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        remote.fail('has ended');
        resolve();
      });
    });
    worker.on('error', (error) => remote.fail(`has crashed: ${error.message}`));
    worker.on('message', (reply: NetworkReply) => remote.receive(reply));
    return new NetworkThread(await remote.opened, remote, ended);
  }

  forward(input: Networks[Name]['input']): Promise<Networks[Name]['output']> {
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
