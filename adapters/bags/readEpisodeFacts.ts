import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../files/parseYaml.ts';
import { readBoundedText } from '../files/readBounded.ts';

/** Of episode.yaml, bytes: an operator may say a lot. */
const LARGEST_FACTS = 1 << 18;

/** What episode.yaml says of the bag that it lies beside. */
export type EpisodeFacts = {
  readonly success: 'true' | 'false' | 'unknown';
  readonly notes: string;
  /** Of an imported episode: what its actions were taken from; empty for any other. */
  readonly recordedActions: string;
};

/** All is unknown if there is no episode.yaml. @throws Error where it is no YAML, or too large */
export function readEpisodeFacts(bag: string): EpisodeFacts {
  const path = join(bag, 'episode.yaml');
  const text = existsSync(path) ? readBoundedText(path, LARGEST_FACTS) : '';
  const facts = (parsed(path, text) ?? {}) as Readonly<Record<string, unknown>>;
  const said = (name: string) => (typeof facts[name] === 'string' ? facts[name] : '');
  const { success } = facts;
  return {
    success: typeof success === 'boolean' ? (success ? 'true' : 'false') : 'unknown',
    notes: said('notes'),
    recordedActions: said('recorded_actions'),
  };
}

function parsed(path: string, text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
