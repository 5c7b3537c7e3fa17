import type { BagTopic } from '../../adapters/bags/Bag.ts';
import { commandTopics, JOINT_PLACEHOLDER } from '../../core/config/commandTopics.ts';

/** What the nodes publish: played as well, it would be there twice. */
const OUTPUTS: readonly string[] = [
  'observation',
  'plan',
  'action_chunk',
  'epoch',
  'execution_spec',
  'settled',
  'execution_state',
  'episode_state',
  ...Object.values(commandTopics).flatMap((topics) => Object.values(topics)),
];
const NEVER: readonly string[] = ['/clock', '/diagnostics', '/rosout', '/parameter_events'];

export type PlayedTopics = {
  readonly played: readonly BagTopic[];
  /** Names that were asked for and that the bag does not have. */
  readonly missing: readonly string[];
};

/** @param wanted names separated by commas; empty for all that the nodes do not publish */
export function playedTopics(topics: readonly BagTopic[], wanted: string): PlayedTopics {
  const names = wanted
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => (name.startsWith('/') ? name : `/${name}`));
  if (names.length === 0) return { played: topics.filter(isInput), missing: [] };
  return {
    played: topics.filter(({ name }) => names.includes(name)),
    missing: names.filter((name) => !topics.some((topic) => topic.name === name)),
  };
}

function isInput({ name, count }: BagTopic): boolean {
  if (count === 0 || NEVER.includes(name)) return false;
  return !OUTPUTS.some((output) => {
    const pattern = output.replace(JOINT_PLACEHOLDER, '[^/]+');
    return new RegExp(`/${pattern}$`).test(name);
  });
}

/** Who comes late gets the last message; by what the recorder has seen, or by what it is. */
export function isLatched({ name, qosProfiles }: BagTopic): boolean {
  if (name.endsWith('/instruction') || name.endsWith('_static')) return true;
  return /durability: *(1|transient_local)\b/.test(qosProfiles);
}
