import { Worker } from 'node:worker_threads';
import type { GraphName } from '../../core/policy/ModelSpec.ts';
import type { SessionSignature } from '../onnx/OrtGraphs.ts';
import type { HalfName, HalfNetwork, Halves, NetworkSetup } from './NetworkSetup.ts';

export type ThreadRequest =
  | { readonly type: 'run'; readonly id: number; readonly input: Halves[HalfName]['input'] }
  | { readonly type: 'close' };

export type ThreadReply =
  | { readonly type: 'ready'; readonly signatures: ReadonlyMap<GraphName, SessionSignature> }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'done'; readonly id: number; readonly output: Halves[HalfName]['output'] }
  | { readonly type: 'error'; readonly id: number; readonly reason: string };

type Waiting = {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
};

/**
 * One half of a model in a worker thread of its own, so that inference never blocks the caller's
 * event loop. Runs are answered in the order in which they were asked for.
 */
export class NetworkThread<Half extends HalfName> implements HalfNetwork<Half> {
  readonly #half: Half;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #signatures: ReadonlyMap<GraphName, SessionSignature> = new Map();
  #lastId = 0;
  /** Why no further run is taken; `undefined` while they are. */
  #endReason: string | undefined;

  private constructor(half: Half, worker: Worker) {
    this.#half = half;
    this.#worker = worker;
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail('has ended');
        resolve();
      });
    });
    worker.on('error', (error) => this.#fail(`has crashed: ${error.message}`));
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
    const network = new NetworkThread<Half>(setup.half, worker);
    network.#signatures = await new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${setup.half}: ${reason}`));
      worker.once('exit', () => fail(`the worker ${network.#endReason}`));
      worker.on('message', (reply: ThreadReply) => {
        if (reply.type === 'ready') resolve(reply.signatures);
        else if (reply.type === 'failed') fail(reply.reason);
        else network.#settle(reply);
      });
    });
    return network;
  }

  get signatures(): ReadonlyMap<GraphName, SessionSignature> {
    return this.#signatures;
  }

  forward(input: Halves[Half]['input']): Promise<Halves[Half]['output']> {
    return new Promise((resolve, reject) => {
      if (this.#endReason !== undefined) {
        reject(new Error(`the ${this.#half}'s worker ${this.#endReason}`));
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ type: 'run', id, input } satisfies ThreadRequest);
    });
  }

  /**
   * Refuses further runs, lets those already asked for end, frees the sessions and ends the worker.
   * Ending it during a run would abort the whole process, so there is no way to do that.
   */
  async close(): Promise<void> {
    if (this.#endReason === undefined) {
      this.#endReason = 'is closed';
      this.#worker.postMessage({ type: 'close' } satisfies ThreadRequest);
    }
    await this.#ended;
  }

  #settle(reply: Extract<ThreadReply, { readonly id: number }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.type === 'done') waiting?.resolve(reply.output as never);
    else waiting?.reject(new Error(`${this.#half}: ${reply.reason}`));
  }

  #fail(reason: string): void {
    this.#endReason ??= reason;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Error(`the ${this.#half}'s worker ${reason}`));
  }
}
