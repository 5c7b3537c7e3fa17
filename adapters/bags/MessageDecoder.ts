import { parse } from '@foxglove/rosmsg';
import { MessageReader } from '@foxglove/rosmsg2-serialization';
import { printable } from '../../core/text/printable.ts';
import type { BagTopic } from './Bag.ts';
import { knownDefinition } from '../messages/knownDefinition.ts';
import { definitionFault } from './definitionFault.ts';
import { LARGEST_CHUNK } from './mcapLimits.ts';

/** Of what is no picture, bytes: a list of names as long would become objects of ten times that. */
const LARGEST_MESSAGE = 1 << 22;

export type Decoding<T> =
  | { readonly ok: true; readonly decode: (bytes: Uint8Array) => T }
  | { readonly ok: false; readonly reason: string };

/**
 * How the messages of a topic are decoded: by the definition in the bag, else by the one that is
 * known here. Decoding throws where bytes are missing. The caller vouches for `T`.
 */
export function messageDecoder<T>(topic: BagTopic): Decoding<T> {
  const refuse = (reason: string) =>
    ({ ok: false, reason: `${printable(topic.name)}: ${reason}` }) as const;
  if (topic.encoding !== 'cdr')
    return refuse(`expected cdr messages, found ${printable(topic.encoding)}`);
  const text = textOf(topic);
  if (text === undefined)
    return refuse(`no definition of ${printable(topic.type)}, in the bag or here`);
  try {
    const definitions = parse(text, { ros2: true });
    const fault = definitionFault(definitions);
    if (fault !== undefined) return refuse(`bad definition of ${printable(topic.type)}: ${fault}`);
    const reader = new MessageReader<T>(definitions);
    const most = /Image$|PointCloud2$/.test(topic.type) ? LARGEST_CHUNK : LARGEST_MESSAGE;
    return {
      ok: true,
      decode: (bytes) => {
        if (bytes.length <= most) return reader.readMessage<T>(bytes);
        throw new RangeError(`expected at most ${most} bytes, found ${bytes.length}`);
      },
    };
  } catch (error) {
    return refuse(
      `bad definition of ${printable(topic.type)}: ${printable((error as Error).message)}`,
    );
  }
}

function textOf({ definition, type }: BagTopic): string | undefined {
  if (definition?.encoding === 'ros2msg' && definition.text !== '') return definition.text;
  return knownDefinition(type);
}
