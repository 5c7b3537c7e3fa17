import { WebSocket } from 'ws';
import { boundText } from '../../core/text/boundText.ts';
import { printable } from '../../core/text/printable.ts';
import type { LinkReport } from '../model/createPolicy.ts';
import type { WireMap } from './dialects/Dialect.ts';
import { isNdArray } from './NdArray.ts';
import { decodeFrame, encodeFrame, type WireValue } from './wire.ts';

export type RemoteConnectionOptions = {
  /** `ws://…` or `wss://…`. */
  readonly url: string;
  /** Sent as `Authorization: Api-Key …`. */
  readonly apiKey: string | undefined;
  /** An answer that takes longer is none; also for connecting, seconds. */
  readonly timeoutSec: number;
  /** Called when the connection is lost, with the reason, and when it is there again. */
  readonly report: (message: string) => void;
};

const MAX_ANSWER_BYTES = 16 << 20;

/** Waits between two attempts to connect, doubled each time, milliseconds. */
const MIN_WAIT_MS = 250;
const MAX_WAIT_MS = 8000;

type Pending = {
  readonly resolve: (answer: WireMap) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  readonly startMs: number;
};

/**
 * The client's end of a policy server: one request at a time, each bounded in time. A connection that
 * fails, hangs or says what cannot be read is made again; until then requests are refused at once, so
 * that a server can delay no one.
 */
export class RemoteConnection {
  readonly #options: RemoteConnectionOptions;
  #socket: WebSocket | undefined;
  #pending: Pending | undefined;
  #fault: string | undefined = 'not connected yet';
  #metadata: WireMap | undefined;
  #waitMs = MIN_WAIT_MS;
  #retry: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #isClosed = false;
  #counts = { reconnects: -1, roundTripSec: NaN, bytesSent: 0, bytesReceived: 0 };
  #onReady: (() => void)[] = [];

  constructor(options: RemoteConnectionOptions) {
    this.#options = options;
    this.#connect();
  }

  /** What the server says of its model; undefined before the first connection. */
  get metadata(): WireMap | undefined {
    return this.#metadata;
  }

  report(): LinkReport {
    const { url } = this.#options;
    const reconnects = Math.max(0, this.#counts.reconnects);
    return { url, fault: this.#fault, ...this.#counts, reconnects };
  }

  /** Resolves with the first connection; rejects when none comes within the time-out. */
  ready(): Promise<void> {
    if (this.#fault === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${this.#options.url}: ${this.#fault ?? 'no answer'}`));
      }, this.#options.timeoutSec * 1000);
      this.#onReady.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** @throws Error without a connection, without an answer in time, or with the server's own reason */
  ask(request: WireMap): Promise<WireMap> {
    const { url, timeoutSec } = this.#options;
    if (this.#fault !== undefined || this.#socket === undefined)
      return Promise.reject(new Error(`${url}: ${this.#fault ?? 'not connected'}`));
    if (this.#pending !== undefined)
      return Promise.reject(new Error(`${url}: the request before is not answered yet`));
    const frame = encodeFrame(request);
    this.#counts.bytesSent += frame.length;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(`no answer within ${timeoutSec} s`),
        timeoutSec * 1000,
      );
      this.#pending = { resolve, reject, timer, startMs: performance.now() };
      this.#socket!.send(frame);
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#fail('closed');
  }

  #connect(): void {
    const { url, apiKey, timeoutSec } = this.#options;
    const socket = new WebSocket(url, {
      headers: apiKey === undefined ? {} : { authorization: `Api-Key ${apiKey}` },
      handshakeTimeout: timeoutSec * 1000,
      maxPayload: MAX_ANSWER_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    this.#socket = socket;
    const isCurrent = () => this.#socket === socket;
    this.#deadline = setTimeout(() => {
      if (isCurrent()) this.#fail(`no metadata within ${timeoutSec} s`);
    }, timeoutSec * 1000);
    socket.on('message', (data: Buffer, isBinary) => {
      if (isCurrent()) this.#receive(data, isBinary);
    });
    socket.on('error', ({ message }) => {
      if (isCurrent()) this.#fail(message);
    });
    socket.on('close', (code) => {
      if (isCurrent()) this.#fail(`closed by the server (${code})`);
    });
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#counts.bytesReceived += data.length;
    if (!isBinary) {
      this.#fail(`the server says: ${printable(data.toString('utf8'))}`);
      return;
    }
    let message: WireValue;
    try {
      message = decodeFrame(data);
    } catch (error) {
      this.#fail(`an answer that cannot be read: ${(error as Error).message}`);
      return;
    }
    if (!isMap(message)) {
      this.#fail('expected a map as the answer, found another');
    } else if (this.#fault !== undefined) this.#welcome(message);
    else if (this.#pending === undefined) this.#fail('an answer that was not asked for');
    else {
      const { resolve, startMs } = this.#settle(this.#pending);
      this.#counts.roundTripSec = (performance.now() - startMs) / 1000;
      resolve(message);
    }
  }

  #welcome(metadata: WireMap): void {
    clearTimeout(this.#deadline);
    this.#metadata = metadata;
    this.#fault = undefined;
    this.#waitMs = MIN_WAIT_MS;
    this.#counts.reconnects += 1;
    if (this.#counts.reconnects > 0) this.#options.report(`${this.#options.url}: connected again`);
    for (const tell of this.#onReady.splice(0)) tell();
  }

  #settle(pending: Pending): Pending {
    clearTimeout(pending.timer);
    this.#pending = undefined;
    return pending;
  }

  /** Gives up the connection, and with it the request under way; tries again after a while. */
  #fail(reason: string): void {
    const wasConnected = this.#fault === undefined;
    this.#fault = boundText(reason);
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
    if (this.#pending !== undefined)
      this.#settle(this.#pending).reject(new Error(`${this.#options.url}: ${this.#fault}`));
    if (this.#isClosed) return;
    if (wasConnected) this.#options.report(`${this.#options.url}: ${this.#fault}`);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), this.#waitMs);
    this.#waitMs = Math.min(MAX_WAIT_MS, 2 * this.#waitMs);
  }
}

function isMap(value: WireValue): value is WireMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNdArray(value);
}
