import type { McapTypes } from '@mcap/core';
import { HEADER_BYTES } from './chunkMessages.ts';
import { LARGEST_DEFINITION, LONGEST_NAME, LONGEST_QOS } from './mcapLimits.ts';

/**
 * A Schema record (MCAP specification, Schema), opcode and length included.
 * @throws Error where it is cut or larger than any definition
 */
export function readSchema(record: Uint8Array): McapTypes.TypedMcapRecords['Schema'] {
  const fields = new Fields(record);
  const id = fields.uint16();
  const [name, encoding] = [fields.name(), fields.name()];
  return { type: 'Schema', id, name, encoding, data: fields.bytes().slice() };
}

/** A Channel record, likewise. @throws Error likewise */
export function readChannel(record: Uint8Array): McapTypes.TypedMcapRecords['Channel'] {
  const fields = new Fields(record);
  const [id, schemaId] = [fields.uint16(), fields.uint16()];
  const [topic, messageEncoding] = [fields.name(), fields.name()];
  const metadata = new Map<string, string>();
  for (const end = fields.uint32() + fields.position; fields.position < end;) {
    const [key, value] = [fields.name(), fields.bytes()];
    if (value.length <= LONGEST_QOS) metadata.set(key, textOf(value));
  }
  return { type: 'Channel', id, schemaId, topic, messageEncoding, metadata };
}

/** Reads what a record holds from its beginning on. */
class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position = HEADER_BYTES;

  constructor(bytes: Uint8Array) {
    if (bytes.length > LARGEST_DEFINITION) throw new Error(`a definition of ${bytes.length} bytes`);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint16(): number {
    this.position += 2;
    return this.#view.getUint16(this.position - 2, true);
  }

  uint32(): number {
    this.position += 4;
    return this.#view.getUint32(this.position - 4, true);
  }

  bytes(): Uint8Array {
    const length = this.uint32();
    const end = this.position + length;
    if (end > this.#bytes.length) throw new Error(`a text of ${length} bytes that is cut`);
    const bytes = this.#bytes.subarray(this.position, end);
    this.position = end;
    return bytes;
  }

  name(): string {
    const bytes = this.bytes();
    if (bytes.length > LONGEST_NAME) throw new Error(`a name of ${bytes.length} bytes`);
    return textOf(bytes);
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
