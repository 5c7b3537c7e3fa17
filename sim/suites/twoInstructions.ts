import { Random } from '../../core/math/random.ts';
import { GOOGLE_TASKS } from '../tasks/googleTasks.ts';
import { namesOf } from '../tasks/instructions.ts';
import type { LayoutItem } from '../tasks/layout.ts';
import { sampleLayout } from '../tasks/layout.ts';
import { taskSceneOf } from '../tasks/taskScene.ts';
import type { PlaceTask } from '../tasks/TaskSpec.ts';
import { WIDOWX_TASKS } from '../tasks/tasks.ts';
import type { Goal, Scene } from '../world/Scene.ts';
import type { Suite, SuiteTask } from './Suite.ts';

/** A task of the benchmark, and when its time is over, another one. */
type Pair = { readonly name: string; readonly first: string; readonly second: string };

const WIDOWX_PAIRS: readonly Pair[] = [
  {
    name: 'widowx_spoon_on_towel_then_stack_cube',
    first: 'widowx_spoon_on_towel',
    second: 'widowx_stack_cube',
  },
  {
    name: 'widowx_stack_cube_then_carrot_on_plate',
    first: 'widowx_stack_cube',
    second: 'widowx_carrot_on_plate',
  },
  {
    name: 'widowx_eggplant_in_basket_then_stack_cube',
    first: 'widowx_put_eggplant_in_basket',
    second: 'widowx_stack_cube',
  },
];

/** What was put somewhere is to be put somewhere else. */
const AGAIN = {
  name: 'widowx_carrot_on_plate_then_on_towel',
  first: 'widowx_carrot_on_plate',
  instruction: 'put carrot on towel',
  target: { kind: 'towel' },
} as const;

/** Long horizon: what the first instruction asks for, then what the second one does, must be done. */
export const twoInstructions: Suite = {
  name: 'two-instructions',
  summary: 'two instructions, one after the other; both count',
  tasks: {
    widowx: [...WIDOWX_PAIRS.map(pairTask), { name: AGAIN.name, scene: againScene }],
    google_robot: [
      { name: 'google_robot_open_then_close_drawer', scene: openThenClose },
      { name: 'google_robot_close_then_open_drawer', scene: closeThenOpen },
      { name: 'google_robot_move_near_then_pick', scene: nearThenPick },
    ],
  },
};

function pairTask({ name, first, second }: Pair): SuiteTask {
  const [before, after] = [placeTask(first), placeTask(second)];
  return {
    name,
    scene: (seed) => {
      const items = [before.source, after.source, before.target, after.target];
      const options = { sources: 2, needed: 4 };
      return {
        task: name,
        instruction: before.instruction,
        maxTicks: before.maxTicks + after.maxTicks,
        objects: sampleLayout(items, new Random(seed).fork(name), options),
        goal: { kind: 'place', source: 0, target: 2 },
        followUp: {
          fromTick: before.maxTicks,
          instruction: after.instruction,
          goal: { kind: 'place', source: 1, target: 3 },
        },
      };
    },
  };
}

function againScene(seed: bigint): Scene {
  const { source, target, instruction, maxTicks } = placeTask(AGAIN.first);
  const items: LayoutItem[] = [source, target, AGAIN.target];
  return {
    task: AGAIN.name,
    instruction,
    maxTicks: 2 * maxTicks,
    objects: sampleLayout(items, new Random(seed).fork(AGAIN.name), { sources: 1, needed: 3 }),
    goal: { kind: 'place', source: 0, target: 1 },
    followUp: {
      fromTick: maxTicks,
      instruction: AGAIN.instruction,
      goal: { kind: 'place', source: 0, target: 2 },
    },
  };
}

function openThenClose(seed: bigint): Scene {
  const scene = googleScene(
    'google_robot_open_drawer',
    'google_robot_open_then_close_drawer',
    seed,
  );
  return followed(scene, drawerGoal(scene, 'close'));
}

function closeThenOpen(seed: bigint): Scene {
  const name = 'google_robot_close_then_open_drawer';
  const scene = googleScene('google_robot_close_drawer', name, seed);
  return followed(scene, drawerGoal(scene, 'open'));
}

function nearThenPick(seed: bigint): Scene {
  const scene = googleScene('google_robot_move_near', 'google_robot_move_near_then_pick', seed);
  const instruction = `pick ${namesOf(scene.objects[2]!)[0]}`;
  return followed(scene, { instruction, goal: { kind: 'pick', source: 2 } });
}

type Next = { readonly instruction: string; readonly goal: Goal };

function drawerGoal({ goal, task }: Scene, kind: 'open' | 'close'): Next {
  if (!('drawer' in goal)) throw new Error(`${task} has no drawer`);
  const { drawer } = goal;
  return { instruction: `${kind} ${drawer} drawer`, goal: { kind, drawer } };
}

/** The scene with as much time again for what comes next. */
function followed(scene: Scene, next: Next): Scene {
  const { maxTicks } = scene;
  return { ...scene, maxTicks: 2 * maxTicks, followUp: { fromTick: maxTicks, ...next } };
}

function googleScene(task: string, name: string, seed: bigint): Scene {
  const spec = GOOGLE_TASKS.find((candidate) => candidate.name === task);
  if (spec === undefined) throw new Error(`no task '${task}'`);
  return taskSceneOf({ ...spec, name }, new Random(seed).fork(name));
}

function placeTask(name: string): PlaceTask {
  const task = WIDOWX_TASKS.find((candidate) => candidate.name === name);
  if (task === undefined) throw new Error(`no task '${name}'`);
  return task;
}
