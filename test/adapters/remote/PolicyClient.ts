import 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { decodeFrame, encodeFrame, type WireValue } from '../../../adapters/remote/wire.ts';
/** What clients of the tests' servers send. */
export const API_KEY = 'open sesame';

export type Answer = Readonly<Record<string, WireValue>>;

/** A client that keeps what the server sends, in order. */
export class Client {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly #answers: Answer[] = [];
  #wake = () => {};

  constructor(port: number, headers: Record<string, string> = {}) {
    const authorization = `Api-Key ${API_KEY}`;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}`, {
      headers: { authorization, ...headers },
    });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#answers.push(decodeFrame(data) as Answer);
      else this.texts.push(String(data));
      this.#wake();
    });
  }

  async next(): Promise<Answer> {
    while (this.#answers.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#answers.shift()!;
  }

  send(message: WireValue): void {
    this.socket.send(encodeFrame(message));
  }

  async ask(message: WireValue): Promise<Answer> {
    this.send(message);
    return this.next();
  }

  async closed(): Promise<number> {
    const [code] = (await once(this.socket, 'close')) as [number];
    return code;
  }
}
