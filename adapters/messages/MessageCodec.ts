import { parse } from '@foxglove/rosmsg';
import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';
import { FaultError } from '../../core/config/Fault.ts';
import type { MessageType, MessageTypeClassName } from 'rclnodejs';
import { bundleDefinition } from './bundleDefinition.ts';
import { installedDefinition, installedPrefixes } from './installedDefinition.ts';

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
    const definitions = parse(bundleDefinition(type, definitionInUse), { ros2: true });
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

/** The definition that the ROS in use was built with. */
function definitionInUse(packageName: string, name: string): string {
  const text = installedDefinition(packageName, name);
  if (text !== undefined) return text;
  const expected = `the definition of ${packageName}/msg/${name} (is ${packageName} built and sourced?)`;
  const found = `none below ${installedPrefixes().join(', ') || 'it, since it is empty'}`;
  throw new FaultError('ROS', [
    { source: 'environment', field: 'AMENT_PREFIX_PATH', expected, found },
  ]);
}
