import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@foxglove/rosmsg';
import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';
import type { MessageType, MessageTypeClassName } from 'rclnodejs';

/**
 * Turns messages into CDR bytes and back in JavaScript. For the messages that come often or are
 * large it is several times faster than rclnodejs's objects, and it is free of their trap that a
 * typed array with an offset is sent wrong. Texts have to be ASCII when written.
 */
export class MessageCodec<T extends MessageTypeClassName> {
  readonly type: T;
  readonly #reader: MessageReader<MessageType<T>>;
  readonly #writer: MessageWriter;

  constructor(type: T) {
    this.type = type;
    const definitions = parse(bundleDefinition(type), { ros2: true });
    this.#reader = new MessageReader<MessageType<T>>(definitions);
    this.#writer = new MessageWriter(definitions);
  }

  /**
   * Arrays of the result look into `bytes` where their alignment allows it.
   * @throws RangeError when the bytes end too early
   */
  decode(bytes: Uint8Array): MessageType<T> {
    return this.#reader.readMessage<MessageType<T>>(bytes);
  }

  /** A `Buffer`, as rclnodejs publishes raw bytes only from one. */
  encode(message: MessageType<T>): Buffer {
    const bytes = this.#writer.writeMessage(message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

const PRIMITIVES = new Set(
  (
    'bool byte char float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64 string ' +
    'wstring time duration'
  ).split(' '),
);

/** A message's definition with all that it refers to, in the form that bags use. */
function bundleDefinition(type: string): string {
  const [rootPackage = '', , rootName = ''] = type.split('/');
  const texts = new Map<string, string>();
  const pending = [`${rootPackage}/${rootName}`];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (texts.has(name)) continue;
    const [packageName = '', messageName = ''] = name.split('/');
    const text = readDefinition(packageName, messageName);
    texts.set(name, text);
    pending.push(...referredTypes(text, packageName));
  }
  return [...texts]
    .map(([name, text], i) => (i === 0 ? text : `${'='.repeat(80)}\nMSG: ${name}\n${text}`))
    .join('\n');
}

/** The `package/Name` of each field that is itself a message. */
function referredTypes(definition: string, packageName: string): string[] {
  return definition
    .split('\n')
    .map((line) => /^\s*([A-Za-z][\w/]*)/.exec(line)?.[1])
    .filter((type) => type !== undefined && !PRIMITIVES.has(type))
    .map((type) => (type!.includes('/') ? type!.replace('/msg/', '/') : `${packageName}/${type}`))
    .filter((type) => type !== 'builtin_interfaces/Time' && type !== 'builtin_interfaces/Duration');
}

/** Reads the definition that the ROS in use was built with. */
function readDefinition(packageName: string, name: string): string {
  const prefixes = (process.env['AMENT_PREFIX_PATH'] ?? '').split(':').filter(Boolean);
  for (const prefix of prefixes) {
    try {
      return readFileSync(join(prefix, 'share', packageName, 'msg', `${name}.msg`), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(
    `no definition of ${packageName}/msg/${name} below AMENT_PREFIX_PATH (${prefixes.join(', ')})`,
  );
}
