import { simArmOf } from '../../sim/arms/simArms.ts';
import type { DatasetSpec } from './DatasetSpec.ts';
import { sceneSeed } from './DatasetSpec.ts';

/** How many scenes one data set can draw from at most. */
const MAX_SCENES = 50_000;

/**
 * The scene of each episode: the data set's first ones of these tasks, or simply the first ones
 * where none is named.
 */
export function sceneSeeds(plan: DatasetSpec): readonly number[] {
  const { tasks } = plan;
  const arm = simArmOf({ name: plan.robot });
  const taskOf = (seed: number): string =>
    arm.trainingScene(seed, plan.kind, plan.instructions).task;
  const seeds: number[] = [];
  for (let index = 0; index < MAX_SCENES && seeds.length < plan.count; index++) {
    const seed = sceneSeed({ ...plan, count: MAX_SCENES }, index);
    if (tasks.length === 0 || tasks.includes(taskOf(seed))) seeds.push(seed);
  }
  if (seeds.length === plan.count) return seeds;
  throw new RangeError(
    `--count: expected at most ${seeds.length} with seed ${plan.seed} and these tasks, ` +
      `found ${plan.count}`,
  );
}
