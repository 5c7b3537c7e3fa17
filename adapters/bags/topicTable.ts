import type { McapTypes } from '@mcap/core';
import type { BagDefinition, BagTopic } from './Bag.ts';

type Channel = Pick<McapTypes.Channel, 'topic' | 'messageEncoding' | 'metadata' | 'schemaId'>;

/** A channel of an MCAP file as a topic. */
export function topicOfChannel(
  channel: Channel,
  schema: McapTypes.Schema | undefined,
  count: number,
): BagTopic {
  return {
    name: channel.topic,
    type: schema?.name ?? '',
    encoding: channel.messageEncoding,
    definition: schema && definitionOf(schema),
    count,
    qosProfiles: channel.metadata.get('offered_qos_profiles') ?? '',
  };
}

function definitionOf({ encoding, data }: McapTypes.Schema): BagDefinition | undefined {
  return data.length === 0 ? undefined : { encoding, text: new TextDecoder().decode(data) };
}

/** One entry a topic name: several files, or several channels, may have the same topic. */
export function mergeTopics(topics: Iterable<BagTopic>): BagTopic[] {
  const merged = new Map<string, BagTopic>();
  for (const topic of topics) {
    const known = merged.get(topic.name);
    const count = (known?.count ?? 0) + topic.count;
    merged.set(topic.name, {
      ...(known ?? topic),
      definition: known?.definition ?? topic.definition,
      count,
    });
  }
  return [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
