import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { ClientConnection, type ConnectionOptions } from './ClientConnection.ts';
import { TurnQueue } from './TurnQueue.ts';
import { encodeFrame, type WireValue } from './wire.ts';

/** A 4K picture as raw pixels, and some more. */
const MAX_MESSAGE_BYTES = 32 << 20;

const MAX_CLIENTS = 32;

/** A client that leaves so much unread is gone. */
const MAX_UNREAD_BYTES = 4 << 20;

/** A client that answers no ping for this long is gone. */
const PING_MS = 20_000;

export type PolicyServerOptions = Omit<ConnectionOptions, 'turns'> & {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What clients send as `Authorization: Api-Key …`; undefined: nothing. */
  readonly apiKey: string | undefined;
  /** PEM texts; undefined: without encryption. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** The first message to each client. */
  readonly metadata: WireValue;
};

/**
 * Serves a policy by websocket, to clients of openpi, InternVLA-M1 and starVLA on one port. Browsers
 * are refused: a page from elsewhere must not reach a server on its reader's computer.
 */
export class PolicyServer {
  readonly #options: PolicyServerOptions;
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets: WebSocketServer;
  readonly #turns = new TurnQueue();
  readonly #alive = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;

  private constructor(options: PolicyServerOptions) {
    this.#options = options;
    const onRequest = (request: IncomingMessage, response: ServerResponse) => {
      const isHealth = request.url === '/healthz' && request.method === 'GET';
      response.writeHead(isHealth ? 200 : 404, { 'content-type': 'text/plain' });
      response.end(isHealth ? 'OK\n' : 'not found\n');
    };
    this.#server =
      options.tls === undefined
        ? createServer(onRequest)
        : (createSecureServer(options.tls, onRequest) as ReturnType<typeof createServer>);
    this.#server.headersTimeout = 5000;
    this.#server.requestTimeout = 5000;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sockets.on('connection', (socket) => this.#connect(socket));
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref();
  }

  /** @throws Error of the operating system where the address cannot be bound */
  static async start(options: PolicyServerOptions): Promise<PolicyServer> {
    const server = new PolicyServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.port, options.host, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get clients(): number {
    return this.#sockets.clients.size;
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    for (const socket of this.#sockets.clients) socket.close(1001, 'the server ends');
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    setTimeout(() => {
      for (const socket of this.#sockets.clients) socket.terminate();
    }, 500).unref();
    await closed;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const status = this.#refusal(request);
    socket.on('error', () => socket.destroy());
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (one) => {
      this.#sockets.emit('connection', one, request);
    });
  }

  #refusal({ headers }: IncomingMessage): string | undefined {
    if (headers.origin !== undefined) return '403 Forbidden';
    if (!this.#isAuthorised(headers.authorization)) return '401 Unauthorized';
    if (this.#sockets.clients.size >= MAX_CLIENTS) return '503 Service Unavailable';
    return undefined;
  }

  #isAuthorised(given: string | undefined): boolean {
    const { apiKey } = this.#options;
    if (apiKey === undefined) return true;
    const expected = Buffer.from(`Api-Key ${apiKey}`);
    const found = Buffer.from(given ?? '');
    return found.length === expected.length && timingSafeEqual(found, expected);
  }

  #connect(socket: WebSocket): void {
    const peer = {
      send: (frame: Uint8Array | string) => {
        if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
        else socket.send(frame);
      },
      close: (code: number, reason: string) => socket.close(code, reason),
    };
    const connection = new ClientConnection(peer, { ...this.#options, turns: this.#turns });
    this.#alive.add(socket);
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('message', (data, isBinary) => {
      if (isBinary) connection.receive(data as Buffer);
      else socket.close(1003, 'expected binary messages');
    });
    socket.on('close', () => connection.closed());
    socket.on('error', () => socket.terminate());
    socket.send(encodeFrame(this.#options.metadata));
  }

  #ping(): void {
    for (const socket of this.#sockets.clients) {
      if (this.#alive.has(socket)) {
        this.#alive.delete(socket);
        socket.ping();
      } else socket.terminate();
    }
  }
}
