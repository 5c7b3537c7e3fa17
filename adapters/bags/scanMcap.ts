import type { McapTypes } from '@mcap/core';
import type { BagReader } from './Bag.ts';
import type { Decompress } from './decompressors.ts';
import type { FileReadable } from './FileReadable.ts';
import { MAX_TOPICS, ReadBudget } from './mcapLimits.ts';
import { recoverRecords } from './McapRecovery.ts';
import { mergeTopics, topicOfChannel } from './topicTable.ts';

export type McapContents = Pick<BagReader, 'topics' | 'startNs' | 'endNs'>;

/** Of one file; more damage than this is not told apart. */
export const MAX_NOTICES = 100;

/** What a file holds that has no index, by reading it once. */
export async function scanMcap(
  path: string,
  file: FileReadable,
  bytes: number,
  handlers: Readonly<Record<string, Decompress>>,
  notices: Set<string>,
): Promise<McapContents> {
  const schemas = new Map<number, McapTypes.Schema>();
  // A damaged file may use one number for several topics, one after the other.
  const channels = new Map<number, string>();
  const topics = new Map<string, { channel: McapTypes.Channel; count: number }>();
  let startNs: bigint | undefined;
  let endNs: bigint | undefined;
  for await (const record of recoverMcap(path, file, new ReadBudget(bytes), handlers, notices)) {
    if (record.type === 'Schema') schemas.set(record.id, record);
    if (record.type === 'Channel') {
      channels.set(record.id, record.topic);
      const known = topics.get(record.topic);
      if (!known && topics.size >= MAX_TOPICS) continue;
      topics.set(record.topic, { channel: record, count: known?.count ?? 0 });
    }
    if (record.type !== 'Message') continue;
    const { channelId, logTime } = record;
    const topic = topics.get(channels.get(channelId) ?? '');
    if (!topic) continue;
    topic.count += 1;
    if (startNs === undefined || logTime < startNs) startNs = logTime;
    if (endNs === undefined || logTime > endNs) endNs = logTime;
  }
  const found = [...topics.values()].map(({ channel, count }) =>
    topicOfChannel(channel, schemas.get(channel.schemaId), count),
  );
  return { topics: mergeTopics(found), startNs, endNs };
}

/** All records of a file, whose damage is put into words. */
export function recoverMcap(
  path: string,
  file: FileReadable,
  budget: ReadBudget,
  decompressHandlers: Readonly<Record<string, Decompress>>,
  notices: Set<string>,
) {
  const onDamage = (reason: string) => {
    if (notices.size < MAX_NOTICES) notices.add(`${path}: ${reason}`);
  };
  return recoverRecords({ file, budget, decompressHandlers, onDamage });
}
