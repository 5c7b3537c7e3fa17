import { boundText } from '../../core/text/boundText.ts';
import { internVlaM1 } from './dialects/internVlaM1.ts';
import type { Dialect, ParsedRequest, ServedModel, WireMap } from './dialects/Dialect.ts';
import { openpi } from './dialects/openpi.ts';
import { starVla } from './dialects/starVla.ts';
import { isNdArray } from './NdArray.ts';
import { ServedPolicy, type SharedPolicy } from './ServedPolicy.ts';
import type { TurnQueue } from './TurnQueue.ts';
import { decodeFrame, encodeFrame, type WireValue } from './wire.ts';

const DIALECTS: readonly Dialect[] = [internVlaM1, starVla, openpi];

/** Examples in one request. */
const MAX_BATCH = 16;

/** Requests that wait while one is computed; clients of these protocols send one at a time. */
const MAX_WAITING = 4;

/** The end of a connection that the server needs. */
export type Peer = {
  /** A map as a binary frame, an error text as a text frame. */
  send(frame: Uint8Array | string): void;
  close(code: number, reason: string): void;
};

type Waiting = { readonly dialect: Dialect; readonly message: WireMap };

export type ConnectionOptions = {
  readonly shared: SharedPolicy;
  readonly model: ServedModel;
  /** Shared by all connections: the model computes one request at a time. */
  readonly turns: TurnQueue;
};

/**
 * One client: reads its requests, computes the newest one, answers in its dialect. Each element of a
 * batch has an episode of its own.
 */
export class ClientConnection {
  readonly #peer: Peer;
  readonly #options: ConnectionOptions;
  readonly #episodes: ServedPolicy[] = [];
  #waiting: Waiting[] = [];
  #isBusy = false;
  #isClosed = false;

  constructor(peer: Peer, options: ConnectionOptions) {
    this.#peer = peer;
    this.#options = options;
  }

  /** What is still to be computed for this client is not needed any more. */
  closed(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  receive(frame: Uint8Array): void {
    const request = this.#read(frame);
    if (request === undefined) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#end(1008, `expected at most ${MAX_WAITING} requests at once`);
      return;
    }
    this.#waiting.push(request);
    if (!this.#isBusy) void this.#work();
  }

  #read(frame: Uint8Array): Waiting | undefined {
    let message: WireValue;
    try {
      message = decodeFrame(frame);
    } catch (error) {
      this.#refuse(`message: ${reasonOf(error)}`);
      return undefined;
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message)) {
      this.#refuse('message: expected a map, found another');
      return undefined;
    }
    const map = message as WireMap;
    const dialect = isNdArray(message) ? undefined : DIALECTS.find((one) => one.recognises(map));
    if (dialect === undefined) {
      const known = 'prompt (openpi), batch_images (InternVLA-M1) or examples (starVLA)';
      this.#refuse(`message: expected a field ${known}, found none of them`);
      return undefined;
    }
    return { dialect, message: map };
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (!this.#isClosed) {
      const newest = this.#waiting.pop();
      if (newest === undefined) break;
      const overtaken = this.#waiting;
      this.#waiting = [];
      for (const one of overtaken) this.#fail(one, 'a newer request has taken its place');
      if (!this.#isClosed) await this.#answer(newest);
    }
    this.#isBusy = false;
  }

  async #answer(request: Waiting): Promise<void> {
    const { dialect, message } = request;
    try {
      const parsed = dialect.parse(message, this.#options.model);
      const answer =
        parsed.kind === 'ping'
          ? dialect.pong(message)
          : await this.#options.turns.run(() => this.#infer(parsed, request));
      if (answer !== undefined && !this.#isClosed) this.#peer.send(encodeFrame(answer));
    } catch (error) {
      this.#fail(request, reasonOf(error));
    }
  }

  /** Undefined where the client has left meanwhile. */
  async #infer(
    { requests }: Extract<ParsedRequest, { kind: 'infer' }>,
    { dialect, message }: Waiting,
  ): Promise<WireValue | undefined> {
    if (requests.length > MAX_BATCH)
      throw new RangeError(`expected a batch of at most ${MAX_BATCH}, found ${requests.length}`);
    const results = [];
    for (const [i, request] of requests.entries()) {
      if (this.#isClosed) return undefined;
      const episode = (this.#episodes[i] ??= new ServedPolicy(this.#options.shared));
      results.push(await episode.answer(request));
    }
    return dialect.answer(results, message);
  }

  #fail({ dialect, message }: Waiting, reason: string): void {
    if (this.#isClosed) return;
    const error = dialect.error(reason, message);
    if (typeof error === 'string') this.#refuse(error);
    else this.#peer.send(encodeFrame(error));
  }

  #refuse(reason: string): void {
    if (!this.#isClosed) this.#peer.send(reason);
    this.#end(1011, reason);
  }

  #end(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.closed();
    this.#peer.close(code, boundText(reason, 100));
  }
}

function reasonOf(error: unknown): string {
  return boundText(error instanceof Error ? error.message : String(error));
}
