import type { DatasetKind, InstructionCount } from '../../sim/tasks/DatasetKind.ts';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';

/** What a data set is made of; the same plan always gives the same bytes. */
export type DatasetSpec = {
  readonly kind: DatasetKind;
  /** Name of the arm. */
  readonly robot: string;
  readonly directory: string;
  /** Pictures (static) or episodes tried (episodes). */
  readonly count: number;
  readonly seed: number;
  /** Of each episode. */
  readonly instructions: InstructionCount;
  /** Of these tasks of the benchmark only; all scenes of training where none is named. */
  readonly tasks: readonly string[];
  /** Pictures or episodes per shard. */
  readonly perShard: number;
};

/** The largest seed of a data set whose scenes are not those of an evaluation. */
export const MAX_TRAINING_SEED = 9;

/** Scene seeds per data set; data sets of different seeds never share a scene. */
const SCENES_PER_SEED = 100_000;
/** Episodes draw from the second half, so that the two kinds do not share scenes either. */
const FIRST_EPISODE_SCENE = 50_000;

export const PER_SHARD: Readonly<Record<DatasetKind, number>> = { static: 1000, episodes: 50 };

/** The scene seed of picture or episode `index`; refuses what would be an evaluation scene. */
export function sceneSeed(
  plan: Pick<DatasetSpec, 'kind' | 'seed' | 'count'>,
  index: number,
): number {
  const { kind, seed, count } = plan;
  const first = seed * SCENES_PER_SEED + (kind === 'static' ? 0 : FIRST_EPISODE_SCENE);
  const room = kind === 'static' ? FIRST_EPISODE_SCENE : SCENES_PER_SEED - FIRST_EPISODE_SCENE;
  const seeds = FIRST_EVALUATION_SEED / SCENES_PER_SEED;
  if (!Number.isInteger(seed) || seed < 0 || seed >= seeds) {
    throw new RangeError(`--seed is an integer in 0…${seeds - 1} for training data, found ${seed}`);
  }
  if (!Number.isInteger(count) || count < 1 || count > room) {
    throw new RangeError(`--count is an integer in 1…${room}, found ${count}`);
  }
  if (index < 0 || index >= count) throw new RangeError(`index ${index} is outside 0…${count - 1}`);
  return first + index;
}

export function shardCount(plan: DatasetSpec): number {
  return Math.ceil(plan.count / plan.perShard);
}

/** First and one past the last index of a shard. */
export function shardRange(plan: DatasetSpec, shard: number): readonly [number, number] {
  return [shard * plan.perShard, Math.min((shard + 1) * plan.perShard, plan.count)];
}
