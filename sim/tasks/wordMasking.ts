import type { Random } from '../../core/math/random.ts';

/** Stands in training's sentences for a word that tokenizers do not know. */
export const UNKNOWN_WORD = '[unk]';

/** Words of a template that stand for what it names, and the noun of a drawer's name. */
const NAMING: ReadonlySet<string> = new Set(['S', 'T', 'D', 'drawer']);
const UNKNOWN_SHARE = 0.6;
/** Share of the sentences with unknown words before or behind all others, and how many at most. */
const EXTRA_WORDS_SHARE = 0.5;
const MAX_EXTRA_WORDS = 4;

/**
 * A template most of whose words are unknown, but for those that name things: what they name, and in
 * which order, is left. A policy that has read such sentences does not take an unknown verb for the
 * name of an unknown thing.
 */
export function maskWords(template: string, random: Random): string {
  const words = template
    .split(' ')
    .map((word) => (!NAMING.has(word) && random.uniform() < UNKNOWN_SHARE ? UNKNOWN_WORD : word));
  if (random.uniform() >= EXTRA_WORDS_SHARE) return words.join(' ');
  const extra = Array.from({ length: 1 + random.int(MAX_EXTRA_WORDS) }, () => UNKNOWN_WORD);
  return (random.uniform() < 0.5 ? [...extra, ...words] : [...words, ...extra]).join(' ');
}

/**
 * A template of a source and a target with the target first. Its other words, articles aside, are
 * unknown: "on" or "into" between them would say the opposite.
 */
export function targetFirst(template: string): string {
  const words = template.split(' ').map((word) => {
    if (word === 'S') return 'T';
    if (word === 'T') return 'S';
    return word === 'the' ? word : UNKNOWN_WORD;
  });
  return words.join(' ');
}
