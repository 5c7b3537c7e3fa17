import { Random } from '../../core/math/random.ts';
import type { CounterKind } from '../tasks/googleLayout.ts';
import { NEAR_KINDS } from '../tasks/googleTasks.ts';
import { namesOf } from '../tasks/instructions.ts';
import type { LayoutItem } from '../tasks/layout.ts';
import type { PickTask, PlaceTask, StoreTask, TaskSpec } from '../tasks/TaskSpec.ts';
import { nearScene, taskSceneOf } from '../tasks/taskScene.ts';
import type { Scene, SceneObject } from '../world/Scene.ts';
import type { UnseenGroceryKind } from '../world/unseenKinds.ts';
import { UNSEEN_GROCERIES } from '../world/unseenKinds.ts';
import { inTurn } from './Suite.ts';
import type { Suite, SuiteTask } from './Suite.ts';

type Thing = LayoutItem['kind'] | LayoutItem;

type UnseenPlaceTask = {
  readonly name: string;
  /** The benchmark's own form of the sentence. */
  readonly sentence: string;
  readonly maxTicks: number;
  /**
   * What is brought onto what; of each pair at least one was never trained. Of two blocks not both:
   * names that no training has would not tell which goes onto which.
   */
  readonly pairs: readonly (readonly [source: Thing, target: Thing])[];
};

const GREEN: LayoutItem = { kind: 'cube', color: 'green' };
const YELLOW: LayoutItem = { kind: 'cube', color: 'yellow' };

const WIDOWX: readonly UnseenPlaceTask[] = [
  {
    name: 'widowx_unseen_on_towel',
    sentence: 'put the S on the T',
    maxTicks: 60,
    pairs: [
      ['pink_spoon', 'towel'],
      ['spoon', 'red_towel'],
      ['fork', 'towel'],
      ['fork', 'board'],
    ],
  },
  {
    name: 'widowx_unseen_on_plate',
    sentence: 'put S on T',
    maxTicks: 60,
    pairs: [
      ['white_carrot', 'plate'],
      ['carrot', 'black_plate'],
      ['banana', 'plate'],
      ['banana', 'tray'],
    ],
  },
  {
    name: 'widowx_unseen_stack',
    sentence: 'stack the S on the T',
    maxTicks: 60,
    pairs: [
      ['pink_block', YELLOW],
      [GREEN, 'white_block'],
      ['black_block', GREEN],
      ['cylinder', YELLOW],
    ],
  },
  {
    name: 'widowx_unseen_in_basket',
    sentence: 'put S into T',
    maxTicks: 120,
    pairs: [
      ['white_eggplant', 'basket'],
      ['eggplant', 'red_basket'],
      ['pear', 'basket'],
      ['pear', 'box'],
    ],
  },
];

const PICKED: readonly UnseenGroceryKind[] = ['fanta_can', 'carton', 'plum', 'jar'];
const STORED: readonly UnseenGroceryKind[] = ['plum', 'lemon'];
const NEAR_NAME = 'google_robot_unseen_move_near';
const UNSEEN_NEAR = Object.keys(UNSEEN_GROCERIES) as readonly UnseenGroceryKind[];

/** The benchmark's tasks with things of shapes and colours that training never draws. */
export const unseenObjects: Suite = {
  name: 'unseen-objects',
  summary: 'things of shapes and colours that training never draws',
  tasks: {
    widowx: WIDOWX.map((task) => suiteTask(task.name, (seed) => placeTask(task, seed))),
    google_robot: [
      suiteTask('google_robot_unseen_pick', pickTask),
      { name: NEAR_NAME, scene: nearUnseen },
      suiteTask('google_robot_place_unseen_in_closed_top_drawer', storeTask),
    ],
  },
};

function suiteTask(name: string, specOf: (seed: bigint) => TaskSpec): SuiteTask {
  return { name, scene: (seed) => taskSceneOf(specOf(seed), new Random(seed).fork(name)) };
}

function placeTask({ name, sentence, maxTicks, pairs }: UnseenPlaceTask, seed: bigint): PlaceTask {
  const [source, target] = inTurn(pairs, seed).map(itemOf) as [LayoutItem, LayoutItem];
  const instruction = sentence.replace('S', nameOf(source)).replace('T', nameOf(target));
  return { family: 'place', name, instruction, maxTicks, source, target };
}

function pickTask(seed: bigint): PickTask {
  const source = inTurn(PICKED, seed);
  const instruction = `pick ${nameOf({ kind: source })}`;
  const yawRad = [-0.5, 0.5] as const;
  const name = 'google_robot_unseen_pick';
  return { family: 'pick', name, instruction, maxTicks: 80, source, yawRad };
}

/**
 * One of three things was never trained: it is to be moved (even seeds), or something is to be moved
 * near it. Among several, nothing but their names, which no training has, would say which is meant.
 */
function nearUnseen(seed: bigint): Scene {
  const random = new Random(seed).fork(NEAR_NAME);
  const unseen = inTurn(UNSEEN_NEAR, seed / 2n);
  const [a, b] = random.shuffle<CounterKind>(NEAR_KINDS);
  const kinds = seed % 2n === 0n ? [unseen, a!, b!] : [a!, unseen, b!];
  return { task: NEAR_NAME, maxTicks: 80, ...nearScene(kinds, random) };
}

function storeTask(seed: bigint): StoreTask {
  const name = 'google_robot_place_unseen_in_closed_top_drawer';
  const source = inTurn(STORED, seed);
  return { family: 'store', name, maxTicks: 200, source, drawer: 'top', followUpTick: 100 };
}

function itemOf(thing: Thing): LayoutItem {
  return typeof thing === 'string' ? { kind: thing } : thing;
}

function nameOf(thing: Pick<SceneObject, 'kind' | 'color'>): string {
  return namesOf({ ...thing, x: 0, y: 0, yawRad: 0 })[0]!;
}
