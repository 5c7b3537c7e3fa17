import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { BagReader } from '../../../adapters/bags/Bag.ts';
import { messageDecoder } from '../../../adapters/bags/MessageDecoder.ts';
import { packageRoot } from '../../../setup/paths.mjs';

export const BAGS = join(packageRoot, 'test', 'fixtures', 'bags');

/** Time, topic, and the message as `make_bags.py` writes it; null where it cannot be decoded. */
export type PlainMessage = readonly [logNs: number, topic: string, message: unknown];

export async function contentsOf(bag: BagReader): Promise<PlainMessage[]> {
  const decoders = new Map(bag.topics.map((topic) => [topic.name, messageDecoder(topic)]));
  const found: PlainMessage[] = [];
  for await (const { topic, logNs, bytes } of bag.messages()) {
    const decoding = decoders.get(topic)!;
    found.push([Number(logNs), topic, decoding.ok ? plain(decoding.decode(bytes)) : null]);
  }
  return found;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return `sha256:${createHash('sha256').update(value).digest('hex')}`;
  }
  if (value instanceof Float64Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
