import { Random } from '../../core/math/random.ts';
import type { Scene } from '../world/Scene.ts';
import type { LayoutItem } from './layout.ts';
import { sampleLayout } from './layout.ts';

/** One of the benchmark's tasks: what lies there and what the operator says. */
export type TaskSpec = {
  readonly name: string;
  readonly instruction: string;
  readonly maxTicks: number;
  readonly source: LayoutItem;
  readonly target: LayoutItem;
};

/** The WidowX tasks of SimplerEnv, with its sentences and episode lengths. */
export const WIDOWX_TASKS: readonly TaskSpec[] = [
  {
    name: 'widowx_spoon_on_towel',
    instruction: 'put the spoon on the towel',
    maxTicks: 60,
    source: { kind: 'spoon' },
    target: { kind: 'towel' },
  },
  {
    name: 'widowx_carrot_on_plate',
    instruction: 'put carrot on plate',
    maxTicks: 60,
    source: { kind: 'carrot' },
    target: { kind: 'plate' },
  },
  {
    name: 'widowx_stack_cube',
    instruction: 'stack the green block on the yellow block',
    maxTicks: 60,
    source: { kind: 'cube', color: 'green' },
    target: { kind: 'cube', color: 'yellow' },
  },
  {
    name: 'widowx_put_eggplant_in_basket',
    instruction: 'put eggplant into yellow basket',
    maxTicks: 120,
    source: { kind: 'eggplant' },
    target: { kind: 'basket' },
  },
];

export const WIDOWX_TASK_NAMES: readonly string[] = WIDOWX_TASKS.map((task) => task.name);

export function taskByName(name: string): TaskSpec {
  const task = WIDOWX_TASKS.find((candidate) => candidate.name === name);
  if (task === undefined) {
    throw new Error(`unknown task '${name}', expected one of ${WIDOWX_TASK_NAMES.join(', ')}`);
  }
  return task;
}

/** The scene of a task and seed: always the same one. */
export function taskScene(task: TaskSpec, seed: bigint | number): Scene {
  const random = new Random(seed).fork(task.name);
  return {
    task: task.name,
    instruction: task.instruction,
    maxTicks: task.maxTicks,
    objects: sampleLayout([task.source, task.target], random),
    source: 0,
    target: 1,
  };
}
