import type { DatasetKind } from './DatasetKind.ts';
import { Random } from '../../core/math/random.ts';
import type { GroceryKind } from '../world/bodyKinds.ts';
import { GROCERY_KINDS } from '../world/bodyKinds.ts';
import type { Scene } from '../world/Scene.ts';
import { apartOnCounter } from './googleLayout.ts';
import { GOOGLE_TASKS } from './googleTasks.ts';
import { namesOf } from './instructions.ts';
import { maskWords, UNKNOWN_WORD } from './wordMasking.ts';
import { assertTrainingSeed } from './seeds.ts';
import { taskSceneOf } from './taskScene.ts';
import { asVarieties } from './varieties.ts';

/** Share of scenes that are the benchmark's tasks, the others being of picking what is named. */
const BENCHMARK_SHARE: Readonly<Record<DatasetKind, number>> = { static: 0.7, episodes: 0.8 };
/**
 * Share of the benchmark's scenes that are of moving one thing near another. They alone name two
 * things; with the share of the other tasks, a seventh, the planner did not learn to find the second.
 */
const NEAR_SHARE: Readonly<Record<DatasetKind, number>> = { static: 0.5, episodes: 0.35 };
/** Share of scenes that use the benchmark's own sentence. */
const PLAIN_SENTENCE_SHARE = 0.5;
/** Share of the other sentences most of whose words are unknown: more where only the verb matters. */
const MASKED_SHARE = 0.25;
const MASKED_DRAWER_SHARE = 0.6;
/** Share of those about storing that name the drawer first. */
const DRAWER_FIRST_SHARE = 0.25;
const DRAWER_FIRST = `${UNKNOWN_WORD} the D drawer ${UNKNOWN_WORD} the S`;
/** Share of scenes with things in which one does not look as its kind does. */
const VARIED_SHARE: Readonly<Record<DatasetKind, number>> = { static: 0.4, episodes: 0.3 };
const NEAR_TASKS = GOOGLE_TASKS.filter(({ family }) => family === 'near');
const OTHER_TASKS = GOOGLE_TASKS.filter(({ family }) => family !== 'near');
const MAX_THINGS = 3;
/** In training the second instruction mostly comes as soon as the first can be fulfilled. */
const FOLLOW_UP_TICKS = [42, 60] as const;
const LATE_FOLLOW_UP_TICKS = [60, 110] as const;
const LATE_SHARE = 0.3;

/** `S` stands for the source, `T` for the target, `D` for a drawer. */
const TEMPLATES: Readonly<Record<Scene['goal']['kind'], readonly string[]>> = {
  place: [],
  pick: ['pick S', 'pick up the S', 'grab the S', 'lift the S', 'take the S', 'pick the S up'],
  near: [
    'move S near T',
    'move the S next to the T',
    'put the S near the T',
    'place the S close to the T',
    'bring the S to the T',
    'set the S down beside the T',
  ],
  open: [
    'open D drawer',
    'open the D drawer',
    'pull the D drawer open',
    'pull out the D drawer',
    'slide the D drawer open',
    'get the D drawer open',
    'the D drawer should be open',
    'bring the D drawer out',
  ],
  close: [
    'close D drawer',
    'close the D drawer',
    'push the D drawer closed',
    'shut the D drawer',
    'push the D drawer in',
    'slide the D drawer shut',
    'the D drawer should be closed',
    'get the D drawer shut',
  ],
  store: [
    'place S into D drawer',
    'put the S into the D drawer',
    'put the S in the D drawer',
    'drop the S into the D drawer',
    'place the S inside the D drawer',
    'store the S in the D drawer',
  ],
};

/** The sentence forms of a goal, for training. */
export function googleTemplates(goal: Scene['goal']['kind']): readonly string[] {
  return TEMPLATES[goal];
}

/**
 * A scene for training: a task of the benchmark, or anything on the counter to be picked among other
 * things, so that only the sentence tells what to do.
 */
export function googleTrainingScene(seed: number, kind: DatasetKind): Scene {
  const random = new Random(assertTrainingSeed(seed)).fork('google training scene');
  const scene =
    random.uniform() < BENCHMARK_SHARE[kind] ? benchmarkScene(random, kind) : pickingScene(random);
  const isPlain = random.uniform() < PLAIN_SENTENCE_SHARE;
  const looks = random.fork('looks');
  if (scene.objects.length > 0 && looks.uniform() < VARIED_SHARE[kind]) {
    const objects = asVarieties(scene.objects, [looks.int(scene.objects.length)], looks);
    return said({ ...scene, objects }, isPlain, looks);
  }
  return isPlain ? scene : said(scene, isPlain, random);
}

function benchmarkScene(random: Random, kind: DatasetKind): Scene {
  const tasks = random.uniform() < NEAR_SHARE[kind] ? NEAR_TASKS : OTHER_TASKS;
  const scene = taskSceneOf(random.pick(tasks), random);
  if (scene.followUp === undefined) return scene;
  const [from, to] = random.uniform() < LATE_SHARE ? LATE_FOLLOW_UP_TICKS : FOLLOW_UP_TICKS;
  return {
    ...scene,
    followUp: { ...scene.followUp, fromTick: from + random.int(to - from) },
  };
}

function pickingScene(random: Random): Scene {
  const kinds = random
    .shuffle<GroceryKind>(GROCERY_KINDS)
    // both are coke cans to the operator
    .filter((kind, i, all) => kind !== 'coke_can' || all.indexOf('lying_coke_can') > i)
    .filter((kind, i, all) => kind !== 'lying_coke_can' || !all.slice(0, i).includes('coke_can'))
    .slice(0, 1 + random.int(MAX_THINGS));
  const objects = apartOnCounter(kinds, random);
  return {
    task: 'pick anything',
    instruction: `pick ${namesOf(objects[0]!)[0]}`,
    maxTicks: 80,
    objects,
    goal: { kind: 'pick', source: 0 },
  };
}

/** The same scene with a way to say what is to be done: the benchmark's own, or any. */
function said(scene: Scene, isPlain: boolean, random: Random): Scene {
  const { goal, followUp } = scene;
  const say = (kind: Scene['goal']['kind']): string =>
    isPlain ? filled(TEMPLATES[kind][0]!, scene, random) : anySentence(kind, scene, random);
  if (goal.kind !== 'store' || followUp === undefined) {
    return { ...scene, instruction: say(goal.kind) };
  }
  return {
    ...scene,
    instruction: say('open'),
    followUp: { ...followUp, instruction: say('store') },
  };
}

/**
 * Most words may be unknown: the drawer itself also tells what is to be done with it. Where a thing is
 * called by an unknown word, all others are known, or nothing would tell them apart.
 */
function anySentence(kind: Scene['goal']['kind'], scene: Scene, random: Random): string {
  const template = random.pick(TEMPLATES[kind]);
  const isOfDrawer = kind === 'open' || kind === 'close';
  const isNamed = isOfDrawer || scene.objects.every(({ variety }) => variety === undefined);
  const isMasked = random.uniform() < (isOfDrawer ? MASKED_DRAWER_SHARE : MASKED_SHARE);
  return filled(
    isNamed && isMasked ? maskWordsOf(kind, template, random) : template,
    scene,
    random,
  );
}

function maskWordsOf(kind: Scene['goal']['kind'], template: string, random: Random): string {
  const isTurned = kind === 'store' && random.uniform() < DRAWER_FIRST_SHARE;
  return maskWords(isTurned ? DRAWER_FIRST : template, random);
}

/**
 * A sentence that asks for the goal of a scene, in one of the training forms, in known words: a
 * second instruction may ask for the reverse, which nothing else would tell.
 */
export function sentenceFor(scene: Scene, random: Random): string {
  return filled(random.pick(TEMPLATES[scene.goal.kind]), scene, random);
}

function filled(template: string, { goal, objects }: Scene, random: Random): string {
  const name = (index: number): string => random.pick(namesOf(objects[index]!));
  return template
    .replace('S', 'source' in goal ? name(goal.source) : '')
    .replace('T', 'target' in goal ? name(goal.target) : '')
    .replace('D', 'drawer' in goal ? goal.drawer : '');
}
