import { Random } from '../../core/math/random.ts';
import type { Goal, Scene } from '../world/Scene.ts';
import { CUBE_COLOR_NAMES } from '../world/bodies.ts';
import { SOURCE_KINDS } from '../world/bodyKinds.ts';
import { GOOGLE_TASKS } from './googleTasks.ts';
import { sentenceFor } from './googleTrainingScene.ts';
import { paraphrase } from './instructions.ts';
import type { LayoutItem } from './layout.ts';
import { sampleLayout } from './layout.ts';
import { assertTrainingSeed } from './seeds.ts';
import { taskSceneOf } from './taskScene.ts';
import { TARGETS_OF } from './trainingScene.ts';

/** The second instruction comes as soon as the first can be fulfilled, or a little later. */
const FOLLOW_UP_TICKS: Readonly<Record<'widowx' | 'google_robot', readonly [number, number]>> = {
  widowx: [38, 58],
  google_robot: [48, 70],
};
const SECOND_TICKS: Readonly<Record<'widowx' | 'google_robot', number>> = {
  widowx: 60,
  google_robot: 90,
};
/** Share of scenes in which the same thing is moved on. */
const AGAIN_SHARE = 0.3;

/** Two things are to be brought somewhere, one after the other, or one thing twice. */
export function widowxTwoInstructionScene(seed: number): Scene {
  const random = new Random(assertTrainingSeed(seed)).fork('two instructions');
  // A crowded table may have no room for a drawn set: draw another one.
  for (;;) {
    const drawn = random.uniform() < AGAIN_SHARE ? drawAgain(random) : drawPair(random);
    try {
      const { items, sources, second } = drawn;
      const objects = sampleLayout(items, random, { sources, needed: items.length });
      const first = { source: 0, target: sources };
      const say = ({ source, target }: Ends) =>
        paraphrase(objects[source]!, objects[target]!, random);
      return followed(
        {
          task: 'two instructions',
          instruction: say(first),
          objects,
          goal: { kind: 'place', ...first },
        },
        { instruction: say(second), goal: { kind: 'place', ...second } },
        'widowx',
        random,
      );
    } catch {
      continue;
    }
  }
}

type Ends = { readonly source: number; readonly target: number };
/** Sources come first. */
type Drawn = {
  readonly items: readonly LayoutItem[];
  readonly sources: number;
  readonly second: Ends;
};

function drawPair(random: Random): Drawn {
  const colors = random.shuffle(CUBE_COLOR_NAMES);
  const itemOf = (kind: LayoutItem['kind']): LayoutItem =>
    kind === 'cube' ? { kind, color: colors.pop()! } : { kind };
  const [a, b] = random.shuffle([...SOURCE_KINDS, 'cube' as const]);
  const first = random.pick(TARGETS_OF[a!]);
  const others = TARGETS_OF[b!].filter((kind) => kind === 'cube' || kind !== first);
  const items = [a!, b!, first, random.pick(others)].map(itemOf);
  return { items, sources: 2, second: { source: 1, target: 3 } };
}

function drawAgain(random: Random): Drawn {
  const source = random.pick(SOURCE_KINDS);
  const [first, second] = random.shuffle(TARGETS_OF[source].filter((kind) => kind !== 'cube'));
  const item: LayoutItem =
    source === 'cube' ? { kind: source, color: random.pick(CUBE_COLOR_NAMES) } : { kind: source };
  const items = [item, { kind: first! }, { kind: second! }];
  return { items, sources: 1, second: { source: 0, target: 2 } };
}

/** A drawer is moved to and fro, or something else picked when one thing was brought to another. */
export function googleTwoInstructionScene(seed: number): Scene {
  const random = new Random(assertTrainingSeed(seed)).fork('google two instructions');
  const tasks = GOOGLE_TASKS.filter(({ family }) => ['open', 'close', 'near'].includes(family));
  const task = random.pick(tasks);
  const scene = taskSceneOf(task, random);
  const goal = goalAfter(scene);
  const say = (of: Goal) => sentenceFor({ ...scene, goal: of }, random);
  return followed(
    { ...scene, task: 'two instructions', instruction: say(scene.goal) },
    { instruction: say(goal), goal },
    'google_robot',
    random,
  );
}

function goalAfter({ goal, task }: Scene): Goal {
  if (goal.kind === 'open') return { kind: 'close', drawer: goal.drawer };
  if (goal.kind === 'close') return { kind: 'open', drawer: goal.drawer };
  if (goal.kind === 'near') return { kind: 'pick', source: 2 };
  throw new Error(`${task}: nothing follows on ${goal.kind}`);
}

function followed(
  scene: Omit<Scene, 'maxTicks' | 'followUp'>,
  next: { readonly instruction: string; readonly goal: Goal },
  arm: keyof typeof FOLLOW_UP_TICKS,
  random: Random,
): Scene {
  const [from, to] = FOLLOW_UP_TICKS[arm];
  const fromTick = from + random.int(to - from);
  return { ...scene, maxTicks: fromTick + SECOND_TICKS[arm], followUp: { fromTick, ...next } };
}
