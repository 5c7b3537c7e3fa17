import type { Random } from '../../core/math/random.ts';

/** Stands in training's sentences for a word that tokenizers do not know. */
export const UNKNOWN_WORD = '[unk]';

/** What a template's words stand for, and what is the same in all sentences of its kind. */
const KEPT: ReadonlySet<string> = new Set(['S', 'T', 'D', 'drawer']);
const UNKNOWN_SHARE = 0.6;
const MORE_SHARE = 0.5;
const MOST_MORE = 4;

/**
 * A template in other words than training's, all of them unknown: what is left is what the sentence
 * names, in which order. A policy that has read such sentences does not take an unknown verb for the
 * name of an unknown thing.
 */
export function muffled(template: string, random: Random): string {
  const words = template
    .split(' ')
    .map((word) => (!KEPT.has(word) && random.uniform() < UNKNOWN_SHARE ? UNKNOWN_WORD : word));
  if (random.uniform() >= MORE_SHARE) return words.join(' ');
  const more = Array.from({ length: 1 + random.int(MOST_MORE) }, () => UNKNOWN_WORD);
  return (random.uniform() < 0.5 ? [...more, ...words] : [...words, ...more]).join(' ');
}

/**
 * The same with what is named last first. Nothing but what it names tells then what is to be done: no
 * other word may be known.
 */
export function turnedRound(template: string): string {
  const words = template.split(' ').map((word) => {
    if (word === 'S') return 'T';
    if (word === 'T') return 'S';
    return word === 'the' ? word : UNKNOWN_WORD;
  });
  return words.join(' ');
}
