import { Random } from '../../core/math/random.ts';
import type { Scene } from '../world/Scene.ts';
import type { SourceKind, SupportKind } from '../world/bodyKinds.ts';
import { CUBE_COLOR_NAMES } from '../world/bodies.ts';
import { SOURCE_KINDS, SUPPORT_KINDS } from '../world/bodyKinds.ts';
import { paraphrase } from './instructions.ts';
import type { LayoutItem } from './layout.ts';
import { sampleLayout } from './layout.ts';
import { assertTrainingSeed } from './seeds.ts';
import type { PlaceTask } from './TaskSpec.ts';
import { WIDOWX_TASKS } from './tasks.ts';
import { asVarieties } from './varieties.ts';

export type TrainingMix = {
  /** Share of scenes that are one of the benchmark's tasks, 0…1. */
  readonly benchmarkShare: number;
  /** Weights of the benchmark's tasks, in the order of `WIDOWX_TASKS`. */
  readonly taskWeights: readonly number[];
  /** Share of benchmark scenes that use the benchmark's own sentence. */
  readonly plainSentenceShare: number;
  /** Most distractors in the free combinations. */
  readonly maxDistractors: number;
  /** Share of the free combinations in which something does not look as its kind does. */
  readonly variedShare: number;
};

export const DEFAULT_MIX: TrainingMix = {
  benchmarkShare: 0.65,
  taskWeights: [0.28, 0.22, 0.28, 0.22],
  plainSentenceShare: 0.5,
  maxDistractors: 3,
  variedShare: 0.6,
};

/** For pictures without motion, more free combinations: grounding is to learn words and shapes. */
export const STATIC_MIX: TrainingMix = {
  benchmarkShare: 0.5,
  taskWeights: [0.27, 0.22, 0.27, 0.24],
  plainSentenceShare: 0.35,
  maxDistractors: 3,
  variedShare: 0.7,
};

/**
 * A scene for training: a task of the benchmark, or any source with any target among distractors,
 * so that only the sentence tells what to do.
 */
export function trainingScene(seed: number, mix: TrainingMix = DEFAULT_MIX): Scene {
  const random = new Random(assertTrainingSeed(seed)).fork('training scene');
  return random.uniform() < mix.benchmarkShare
    ? benchmarkScene(weightedPick(WIDOWX_TASKS, mix.taskWeights, random), mix, random)
    : combinationScene(mix, random);
}

function benchmarkScene(task: PlaceTask, mix: TrainingMix, random: Random): Scene {
  const objects = sampleLayout([task.source, task.target], random);
  const plain = random.uniform() < mix.plainSentenceShare;
  return {
    task: task.name,
    instruction: plain ? task.instruction : paraphrase(objects[0]!, objects[1]!, random),
    maxTicks: task.maxTicks,
    objects,
    goal: { kind: 'place', source: 0, target: 1 },
  };
}

function combinationScene({ maxDistractors, variedShare }: TrainingMix, random: Random): Scene {
  const looks = random.fork('looks');
  const isVaried = looks.uniform() < variedShare;
  // A crowded table may have no room for a drawn set: draw another one.
  for (;;) {
    const usual = drawItems(random.int(maxDistractors + 1), random);
    const items = isVaried ? varied(usual, looks) : usual;
    try {
      const objects = sampleLayout(items, random);
      return {
        task: 'combination',
        instruction: paraphrase(objects[0]!, objects[1]!, random),
        maxTicks: 60,
        objects,
        goal: { kind: 'place', source: 0, target: 1 },
      };
    } catch {
      continue;
    }
  }
}

/** Long things neither rest on a small cube nor lie flat in the basket. */
export const TARGETS_OF: Readonly<Record<SourceKind, readonly LayoutItem['kind'][]>> = {
  spoon: ['plate', 'towel'],
  carrot: ['plate', 'towel'],
  eggplant: ['plate', 'towel', 'basket'],
  cube: ['plate', 'towel', 'basket', 'cube', 'cube'],
};

/** Source, target, then distractors; every thing at most once, cubes once per colour. */
function drawItems(distractors: number, random: Random): LayoutItem[] {
  const colors = random.shuffle(CUBE_COLOR_NAMES);
  const itemOf = (kind: LayoutItem['kind']): LayoutItem =>
    kind === 'cube' ? { kind, color: colors.pop()! } : { kind };
  const source: SourceKind = random.pick(SOURCE_KINDS);
  const target = random.pick(TARGETS_OF[source]);
  const left: LayoutItem['kind'][] = random
    .shuffle<SourceKind | SupportKind>([
      'spoon',
      'carrot',
      'eggplant',
      'cube',
      'cube',
      ...SUPPORT_KINDS,
    ])
    .filter((kind) => kind === 'cube' || (kind !== source && kind !== target))
    .slice(0, distractors);
  return [source, target, ...left].map(itemOf);
}

/** What is asked for looks as nothing else, or something that has nothing to do with it. */
function varied(items: readonly LayoutItem[], random: Random): LayoutItem[] {
  const places = random.pick([[0], [1], [0, 1], [2, 3]]);
  return asVarieties(items, places, random);
}

function weightedPick<T>(list: readonly T[], weights: readonly number[], random: Random): T {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.uniform(0, total);
  for (const [index, item] of list.entries()) {
    left -= weights[index] ?? 0;
    if (left < 0) return item;
  }
  return list.at(-1)!;
}
