import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What episode.yaml says of the bag that it lies beside. */
export type EpisodeFacts = {
  readonly success: 'true' | 'false' | 'unknown';
  readonly notes: string;
  /** Of an imported episode: what its actions were taken from; empty for any other. */
  readonly recordedActions: string;
};

/** All is unknown where there is no episode.yaml. @throws Error where it is no YAML */
export async function readEpisodeFacts(bag: string): Promise<EpisodeFacts> {
  const text = await readFile(join(bag, 'episode.yaml'), 'utf8').catch(() => '');
  const facts = (parse(text) ?? {}) as Readonly<Record<string, unknown>>;
  const said = (name: string) => (typeof facts[name] === 'string' ? facts[name] : '');
  const { success } = facts;
  return {
    success: typeof success === 'boolean' ? (success ? 'true' : 'false') : 'unknown',
    notes: said('notes'),
    recordedActions: said('recorded_actions'),
  };
}
