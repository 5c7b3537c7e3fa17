import type { Random } from '../../core/math/random.ts';
import type { SceneObject } from '../world/Scene.ts';
import type { TrainedKind } from '../world/bodyKinds.ts';
import { isUnseenKind, UNSEEN_THINGS } from '../world/unseenKinds.ts';
import { hasUsualShape } from '../world/variedBodies.ts';
import { maskWords, targetFirst, UNKNOWN_WORD } from './wordMasking.ts';

/** Share of training's sentences most of whose words are unknown. */
const MASKED_SHARE = 0.2;
/** Share of those that name the target first, where it is nothing that could be moved itself. */
const TARGET_FIRST_SHARE = 0.25;

/** What operators call a thing; the first name is the plain one. */
export function namesOf(object: SceneObject): readonly string[] {
  const { kind, variety } = object;
  if (isUnseenKind(kind)) return [UNSEEN_THINGS[kind].name];
  if (variety !== undefined) return variedNames(kind, variety);
  switch (kind) {
    case 'cube':
      return [`${object.color ?? 'green'} block`, `${object.color ?? 'green'} cube`];
    case 'eggplant':
      return ['eggplant', 'aubergine'];
    case 'towel':
      return ['towel', 'cloth'];
    case 'basket':
      return ['yellow basket', 'basket'];
    case 'spoon':
    case 'carrot':
    case 'plate':
    case 'apple':
    case 'orange':
    case 'sponge':
      return [kind];
    case 'coke_can':
    case 'lying_coke_can':
      return ['coke can', 'coke'];
    case 'pepsi_can':
      return ['pepsi can', 'pepsi'];
    case '7up_can':
      return ['7up can', '7up'];
    case 'redbull_can':
      return ['redbull can', 'redbull'];
    case 'blue_bottle':
      return ['blue plastic bottle', 'blue bottle'];
  }
}

/** Varieties with the shape of their kind keep its noun, where the colour is no part of it. */
function variedNames(kind: TrainedKind, variety: number): readonly string[] {
  const unknown = [UNKNOWN_WORD, `${UNKNOWN_WORD} ${UNKNOWN_WORD}`];
  if (!hasUsualShape(kind, variety)) return unknown;
  const of = (...nouns: readonly string[]): string[] =>
    nouns.map((noun) => `${UNKNOWN_WORD} ${noun}`);
  switch (kind) {
    case 'cube':
      return of('block', 'cube');
    case 'spoon':
    case 'carrot':
    case 'eggplant':
    case 'plate':
    case 'towel':
    case 'basket':
      return [kind, ...of(kind)];
    case 'coke_can':
    case 'lying_coke_can':
    case 'pepsi_can':
    case '7up_can':
    case 'redbull_can':
      return of('can');
    case 'blue_bottle':
      return of('bottle', 'plastic bottle');
    case 'apple':
    case 'orange':
    case 'sponge':
      return unknown;
  }
}

/** `S` stands for the source, `T` for the target; articles are part of the template. */
const ON_TEMPLATES = [
  'put the S on the T',
  'put S on T',
  'place the S on the T',
  'move the S onto the T',
  'pick up the S and put it on the T',
  'take the S and place it on the T',
  'set the S down on the T',
  'lay the S on the T',
] as const;

const STACK_TEMPLATES = [
  'stack the S on the T',
  'stack S on T',
  'put the S on top of the T',
  'place the S on the T',
  'pick up the S and stack it on the T',
  'move the S onto the T',
  'set the S on top of the T',
  'take the S and put it on the T',
] as const;

const IN_TEMPLATES = [
  'put S into T',
  'put the S in the T',
  'place the S into the T',
  'move the S into the T',
  'pick up the S and put it in the T',
  'drop the S in the T',
  'take the S and place it in the T',
  'put the S into the T',
] as const;

/** The sentence forms that fit a target, for training. */
export function templatesFor(target: SceneObject): readonly string[] {
  if (target.kind === 'cube') return STACK_TEMPLATES;
  return target.kind === 'basket' ? IN_TEMPLATES : ON_TEMPLATES;
}

/** A sentence that asks for `source` to be brought to `target`, in one of the training forms. */
export function paraphrase(source: SceneObject, target: SceneObject, random: Random): string {
  const template = random.pick(templatesFor(target));
  const isNamed = [source, target].every(({ variety }) => variety === undefined);
  return (
    isNamed && random.uniform() < MASKED_SHARE ? maskWordsOf(target, template, random) : template
  )
    .replace('S', random.pick(namesOf(source)))
    .replace('T', random.pick(namesOf(target)));
}

function maskWordsOf({ kind }: SceneObject, template: string, random: Random): string {
  return kind !== 'cube' && random.uniform() < TARGET_FIRST_SHARE
    ? targetFirst(template)
    : maskWords(template, random);
}
