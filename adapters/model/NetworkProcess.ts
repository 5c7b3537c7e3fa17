import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HalfReply } from './halfMessages.ts';
import type { HalfInfo, HalfName, Halves, NetworkSetup, OpenHalf } from './NetworkSetup.ts';
import { RemoteNetwork } from './RemoteNetwork.ts';

const SCRIPT = fileURLToPath(new URL('./networkChild.js', import.meta.url));

/**
 * One half of a model in a process of its own, so that inference never blocks the caller, and that
 * it can be ended in the middle of a run.
 */
export class NetworkProcess<Half extends HalfName> implements OpenHalf<Half> {
  readonly info: HalfInfo;
  /** Resolves to how the process ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #remote: RemoteNetwork<Half>;

  private constructor(
    child: ChildProcess,
    parts: Pick<NetworkProcess<Half>, 'info' | 'ended'> & { readonly remote: RemoteNetwork<Half> },
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
  static async start<Half extends HalfName>(
    setup: NetworkSetup<Half>,
    signal?: AbortSignal,
  ): Promise<NetworkProcess<Half>> {
    const child = fork(SCRIPT, [setup.half], { serialization: 'advanced', execArgv: [] });
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
    const remote = new RemoteNetwork<Half>(setup.half, send);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) => resolve(`has ended (${signal ?? `exit code ${code}`})`));
    });
    void ended.then((reason) => remote.fail(reason));
    child.on('message', (reply) => remote.receive(reply as HalfReply));
    send(setup);
    return new NetworkProcess(child, { info: await remote.opened, remote, ended });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  forward(input: Halves[Half]['input']): Promise<Halves[Half]['output']> {
    return this.#remote.forward(input);
  }

  /** Ends the process at once; runs that are under way are rejected. */
  async close(): Promise<void> {
    this.#remote.fail('is closed');
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
