import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Messages of onnx.proto on the way to a tensor's external data: field number → message. */
type Message = { readonly [field: number]: () => Message };
const entry: Message = {};
const tensor: Message = { 13: () => entry };
const sparse: Message = { 1: () => tensor, 2: () => tensor };
const attribute: Message = {
  5: () => tensor,
  6: () => graph,
  10: () => tensor,
  11: () => graph,
  22: () => sparse,
  23: () => sparse,
};
const node: Message = { 5: () => attribute };
const graph: Message = { 1: () => node, 5: () => tensor, 15: () => sparse };
const definition: Message = { 7: () => node, 11: () => attribute };
const model: Message = { 7: () => graph, 25: () => definition };

const KEY = 1;
const VALUE = 2;
const WINDOW_BYTES = 1 << 16;
/** Graphs within the nodes of graphs; parsers of protobuf go no deeper than 100. */
const MAX_NESTED = 100;

/**
 * The files in which an ONNX graph keeps weights outside itself, as it names them; `undefined` of a
 * file that is not wholly readable, since ONNX Runtime might read more of it.
 */
export async function externalDataFiles(path: string): Promise<readonly string[] | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const reader = new ProtobufReader(file);
    await reader.visit(model, 0, (await file.stat()).size, 0);
    return [...reader.locations];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

/** Steps over all that it is not looking for, so that weights are never read. */
class ProtobufReader {
  readonly locations = new Set<string>();
  readonly #file: FileHandle;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #windowStart = 0;
  #windowEnd = 0;
  #position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async visit(message: Message, start: number, end: number, depth: number): Promise<void> {
    if (depth > MAX_NESTED) throw new RangeError('messages within messages without end');
    this.#position = start;
    let [key, value] = ['', ''];
    while (this.#position < end) {
      // Parsers take 32 bits of it, however many there are.
      const tag = (await this.#varint()) % 2 ** 32;
      const field = Math.floor(tag / 8);
      switch (tag % 8) {
        case 0:
          await this.#varint();
          break;
        case 1:
          this.#position += 8;
          break;
        case 2: {
          const bytes = await this.#varint();
          const next = this.#position + bytes;
          if (next > end) throw new RangeError('a field is longer than its message');
          if (message === entry) {
            const text = await this.#text(bytes);
            if (field === KEY) key = text;
            if (field === VALUE) value = text;
          } else {
            const inner = message[field]?.();
            if (inner) await this.visit(inner, this.#position, next, depth + 1);
          }
          this.#position = next;
          break;
        }
        case 5:
          this.#position += 4;
          break;
        default:
          throw new RangeError(`no field begins with ${tag}`);
      }
    }
    if (this.#position !== end) throw new RangeError('a field is longer than its message');
    // Key and value may come in any order, and more than once: the last ones count.
    if (message === entry && key === 'location') this.locations.add(value);
  }

  async #varint(): Promise<number> {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = await this.#byte();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError('a number has no end');
  }

  async #text(bytes: number): Promise<string> {
    const data = Buffer.alloc(Math.min(bytes, WINDOW_BYTES));
    for (let i = 0; i < data.length; i++) data[i] = await this.#byte();
    return data.toString('utf8');
  }

  #byte(): number | Promise<number> {
    const position = this.#position++;
    if (position >= this.#windowStart && position < this.#windowEnd) {
      return this.#window[position - this.#windowStart]!;
    }
    return this.#refill(position);
  }

  async #refill(position: number): Promise<number> {
    const { bytesRead } = await this.#file.read(this.#window, 0, WINDOW_BYTES, position);
    if (bytesRead === 0) throw new RangeError('the file ends in the middle');
    this.#windowStart = position;
    this.#windowEnd = position + bytesRead;
    return this.#window[0]!;
  }
}
