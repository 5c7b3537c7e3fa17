import type { PlaceTask } from './TaskSpec.ts';

/** The WidowX tasks of SimplerEnv, with its sentences and episode lengths. */
export const WIDOWX_TASKS: readonly PlaceTask[] = [
  {
    family: 'place',
    name: 'widowx_spoon_on_towel',
    instruction: 'put the spoon on the towel',
    maxTicks: 60,
    source: { kind: 'spoon' },
    target: { kind: 'towel' },
  },
  {
    family: 'place',
    name: 'widowx_carrot_on_plate',
    instruction: 'put carrot on plate',
    maxTicks: 60,
    source: { kind: 'carrot' },
    target: { kind: 'plate' },
  },
  {
    family: 'place',
    name: 'widowx_stack_cube',
    instruction: 'stack the green block on the yellow block',
    maxTicks: 60,
    source: { kind: 'cube', color: 'green' },
    target: { kind: 'cube', color: 'yellow' },
  },
  {
    family: 'place',
    name: 'widowx_put_eggplant_in_basket',
    instruction: 'put eggplant into yellow basket',
    maxTicks: 120,
    source: { kind: 'eggplant' },
    target: { kind: 'basket' },
  },
];

export const WIDOWX_TASK_NAMES: readonly string[] = WIDOWX_TASKS.map((task) => task.name);
