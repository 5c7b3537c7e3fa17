import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NetworkReply } from './networkMessages.ts';
import type {
  NetworkInfo,
  NetworkName,
  Networks,
  NetworkSetup,
  OpenNetwork,
} from './NetworkSetup.ts';
import { RemoteNetwork } from './RemoteNetwork.ts';

const SCRIPT = fileURLToPath(new URL('./networkChild.js', import.meta.url));

/**
 * One half of a model in a process of its own, so that inference never blocks the caller, and that
 * it can be ended in the middle of a run.
 */
export class NetworkProcess<Name extends NetworkName> implements OpenNetwork<Name> {
  readonly info: NetworkInfo;
  /** Resolves to how the process ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #remote: RemoteNetwork<Name>;

  private constructor(
    child: ChildProcess,
    parts: Pick<NetworkProcess<Name>, 'info' | 'ended'> & { readonly remote: RemoteNetwork<Name> },
  ) {
    this.#child = child;
    this.#remote = parts.remote;
    this.info = parts.info;
    this.ended = parts.ended;
  }

  /**
   * Starts the process and waits until its graphs are loaded; rejects with the reason if they cannot
   * be. `signal` ends it at any time.
   */
  static async start<Name extends NetworkName>(
    setup: NetworkSetup<Name>,
    signal?: AbortSignal,
  ): Promise<NetworkProcess<Name>> {
    const child = fork(SCRIPT, [setup.name], { serialization: 'advanced', execArgv: [] });
    // It would see the end of this process only after the run, or after loading.
    const kill = () => void child.kill('SIGKILL');
    process.once('exit', kill);
    signal?.addEventListener('abort', kill);
    if (signal?.aborted) kill();
    child.once('exit', () => {
      process.removeListener('exit', kill);
      signal?.removeEventListener('abort', kill);
    });
    // A process that is gone takes no message; its end is told by `exit`.
    const send = (message: object) => child.send(message, () => undefined);
    const remote = new RemoteNetwork<Name>(setup.name, send);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) => resolve(`has ended (${signal ?? `exit code ${code}`})`));
    });
    void ended.then((reason) => remote.fail(reason));
    child.on('message', (reply) => remote.receive(reply as NetworkReply));
    send(setup);
    return new NetworkProcess(child, { info: await remote.opened, remote, ended });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  forward(input: Networks[Name]['input']): Promise<Networks[Name]['output']> {
    return this.#remote.forward(input);
  }

  /** Ends the process at once; runs that are under way are rejected. */
  async close(): Promise<void> {
    this.#remote.fail('is closed');
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
