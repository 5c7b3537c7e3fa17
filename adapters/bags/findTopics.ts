import { printable } from '../../core/text/printable.ts';
import type { BagTopic } from './Bag.ts';

/** Of a bag with more topics the first ones are listed. */
const MAX_LISTED = 100;

/** A part of the pipeline that reads a topic. */
export type TopicNeed = {
  readonly part: string;
  /** Its name unless it is remapped; relative names are looked for in the namespace. */
  readonly topic: string;
  readonly types: readonly string[];
  readonly isOptional?: boolean;
};

export type FoundTopics =
  | { readonly ok: true; readonly byPart: ReadonlyMap<string, BagTopic> }
  /** All that is wrong, and what there is. */
  | { readonly ok: false; readonly reason: string };

export type NamingOptions = {
  readonly namespace?: string;
  /** Topic in the bag by the name that the pipeline uses. */
  readonly remaps?: ReadonlyMap<string, string>;
};

/** Finds in a bag what the pipeline needs. */
export function findTopics(
  topics: readonly BagTopic[],
  needs: readonly TopicNeed[],
  { namespace = '', remaps = new Map<string, string>() }: NamingOptions = {},
): FoundTopics {
  const byName = new Map(topics.map((topic) => [topic.name, topic]));
  const byPart = new Map<string, BagTopic>();
  const faults: string[] = [];
  for (const { part, topic, types, isOptional = false } of needs) {
    const remapped = remaps.get(topic);
    const name = absolute(remapped ?? topic, namespace);
    const found = byName.get(name);
    if (found && types.includes(found.type)) byPart.set(part, found);
    else if (found)
      faults.push(
        `${part}: ${name}: expected ${types.join(' or ')}, found ${printable(found.type)}`,
      );
    else if (!isOptional || remapped !== undefined) {
      faults.push(`${part}: no topic ${name} (${types.join(' or ')})`);
    }
  }
  for (const name of remaps.keys()) {
    if (needs.some(({ topic }) => topic === name)) continue;
    faults.push(`no part reads "${name}": expected ${needs.map(({ topic }) => topic).join(', ')}`);
  }
  if (faults.length === 0) return { ok: true, byPart };
  return { ok: false, reason: [...faults, ...listing(topics)].join('\n') };
}

/** A table of topics, one a line, as far as a reader gets. */
export function listing(topics: readonly BagTopic[]): string[] {
  if (topics.length === 0) return ['the bag has no topics'];
  const listed = topics.slice(0, MAX_LISTED).map(({ name, type, count }) => ({
    name: printable(name),
    rest: `${printable(type)}  ${count}`,
  }));
  const width = Math.max(...listed.map(({ name }) => name.length));
  const lines = listed.map(({ name, rest }) => `  ${name.padEnd(width)}  ${rest}`);
  const left = topics.length - listed.length;
  return ['the bag has', ...lines, ...(left > 0 ? [`  and ${left} topics more`] : [])];
}

function absolute(name: string, namespace: string): string {
  if (name.startsWith('/')) return name;
  return `/${[...namespace.split('/'), name].filter(Boolean).join('/')}`;
}
