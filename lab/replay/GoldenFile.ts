import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { openRegularFile } from '../../adapters/files/openRegularFile.ts';
import type { ReplayEvent } from '../../core/replay/ReplayEvent.ts';

/** What a golden file was made of; its first line. */
export type GoldenHeader = {
  readonly format: 'st4vla replay';
  readonly version: 1;
  readonly robot: string;
  readonly model: string;
  /** Of the model's manifest, which holds those of all its files. */
  readonly modelSha256: string;
  readonly settings: string;
  /** Processors of one kind repeat everything to the last bit. */
  readonly machine: string;
};

/** Its last line: of all messages that were read, and of all events before. */
export type GoldenTrailer = { readonly bagSha256: string; readonly events: number };

/** Writes a golden file, which appears when it is whole. */
export class GoldenWriter {
  readonly #path: string;
  readonly #stream: WriteStream;
  #events = 0;

  constructor(path: string, header: GoldenHeader) {
    this.#path = path;
    this.#stream = createWriteStream(`${path}.part`);
    // Without a listener an error would end the process; `finish` reports it.
    this.#stream.on('error', () => undefined);
    this.#stream.write(`${JSON.stringify(header)}\n`);
  }

  async take(event: ReplayEvent): Promise<void> {
    this.#events += 1;
    const hasRoom = this.#stream.write(`${JSON.stringify(event)}\n`);
    if (!hasRoom && !this.#stream.errored) await once(this.#stream, 'drain');
  }

  /** @throws Error where the file could not be written */
  async finish(bagSha256: string): Promise<void> {
    if (this.#stream.errored) throw this.#stream.errored;
    const trailer: GoldenTrailer = { bagSha256, events: this.#events };
    this.#stream.end(`${JSON.stringify(trailer)}\n`);
    await finished(this.#stream);
    await rename(`${this.#path}.part`, this.#path);
  }
}

/** Reads a golden file line by line. */
export class GoldenReader {
  readonly header: GoldenHeader;
  #trailer: GoldenTrailer | undefined;
  readonly #path: string;
  readonly #lines: AsyncIterator<string>;
  #count = 0;

  private constructor(path: string, lines: AsyncIterator<string>, header: GoldenHeader) {
    this.#path = path;
    this.#lines = lines;
    this.header = header;
  }

  /** @throws Error where it is no golden file of this version */
  static async open(path: string): Promise<GoldenReader> {
    const input = createReadStream(path, { fd: openRegularFile(path) });
    const lines = createInterface({ input })[Symbol.asyncIterator]();
    const first = await lines.next();
    const header = parseLine(path, first.done ? '' : first.value) as Partial<GoldenHeader>;
    if (header.format !== 'st4vla replay' || header.version !== 1) {
      throw new Error(`${path}: expected a golden file of version 1, made by --golden`);
    }
    return new GoldenReader(path, lines, header as GoldenHeader);
  }

  /** Known when all events were read. */
  get trailer(): GoldenTrailer | undefined {
    return this.#trailer;
  }

  /** Undefined after the last event. @throws Error where the file ends before its end */
  async next(): Promise<ReplayEvent | undefined> {
    if (this.#trailer) return undefined;
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`${this.#path}: cut after ${this.#count} events`);
    const line = parseLine(this.#path, value) as ReplayEvent | GoldenTrailer;
    if ('bagSha256' in line) {
      this.#trailer = line;
      return undefined;
    }
    this.#count += 1;
    return line;
  }
}

function parseLine(path: string, line: string): object {
  try {
    return JSON.parse(line) as object;
  } catch {
    throw new Error(`${path}: expected lines of JSON, found "${line.slice(0, 40)}"`);
  }
}
