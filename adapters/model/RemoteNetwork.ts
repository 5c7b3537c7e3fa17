import type { NetworkReply, NetworkRequest } from './networkMessages.ts';
import type { NetworkInfo, NetworkName, ModelNetwork, Networks } from './NetworkSetup.ts';
import { WorkerEnded } from './WorkerEnded.ts';

type Waiting = {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
};

/**
 * This end of a half that runs in another thread or process. Runs are answered in the order in which
 * they were asked for; all that wait are rejected when the other end is gone.
 */
export class RemoteNetwork<Name extends NetworkName> implements ModelNetwork<Name> {
  /** What opening the graphs told; rejects with the reason where they cannot be. */
  readonly opened: Promise<NetworkInfo>;
  readonly #name: Name;
  readonly #post: (request: NetworkRequest) => void;
  readonly #waiting = new Map<number, Waiting>();
  #settleOpening!: { resolve: (info: NetworkInfo) => void; reject: (error: Error) => void };
  #lastId = 0;
  /** Why no further run is taken; `undefined` while they are. */
  #endReason: string | undefined;

  constructor(name: Name, post: (request: NetworkRequest) => void) {
    this.#name = name;
    this.#post = post;
    this.opened = new Promise((resolve, reject) => {
      this.#settleOpening = { resolve, reject };
    });
    // Who opens it looks at it; an end after that is told to the runs.
    this.opened.catch(() => undefined);
  }

  get isEnded(): boolean {
    return this.#endReason !== undefined;
  }

  forward(input: Networks[Name]['input']): Promise<Networks[Name]['output']> {
    return new Promise((resolve, reject) => {
      if (this.#endReason !== undefined) {
        reject(this.#ended(this.#endReason));
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#post({ type: 'run', id, input });
    });
  }

  /** Refuses further runs; the other end finishes those already asked for and ends itself. */
  finish(): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = 'is closed';
    this.#post({ type: 'close' });
  }

  receive(reply: NetworkReply): void {
    if (reply.type === 'ready') this.#settleOpening.resolve(reply.info);
    else if (reply.type === 'failed') {
      this.#settleOpening.reject(new Error(`${this.#name}: ${reply.reason}`));
    } else {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.type === 'done') waiting?.resolve(reply.output as never);
      else waiting?.reject(new Error(`${this.#name}: ${reply.reason}`));
    }
  }

  /** The other end is gone. */
  fail(reason: string): void {
    this.#endReason ??= reason;
    const message = `${this.#name}: the worker ${this.#endReason}`;
    this.#settleOpening.reject(new WorkerEnded(message, this.#endReason));
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#ended(reason));
  }

  #ended(reason: string): WorkerEnded {
    return new WorkerEnded(`the ${this.#name}'s worker ${reason}`, reason);
  }
}
