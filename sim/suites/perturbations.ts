import { Random } from '../../core/math/random.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { elsewhereOnCounter, onLid } from '../tasks/googleLayout.ts';
import { GOOGLE_TASKS } from '../tasks/googleTasks.ts';
import type { MoveRange } from '../tasks/layout.ts';
import { elsewhereOnTable } from '../tasks/layout.ts';
import { taskScene } from '../tasks/taskScene.ts';
import type { TaskSpec } from '../tasks/TaskSpec.ts';
import { WIDOWX_TASKS } from '../tasks/tasks.ts';
import type { Scene, SceneObject } from '../world/Scene.ts';
import type { SceneEvent } from '../world/SceneEvent.ts';
import type { Suite, SuiteTask } from './Suite.ts';

type TickRange = readonly [first: number, last: number];

type Move = MoveRange & {
  /** When the source is moved, about when the gripper comes to it, and when the target is. */
  readonly sourceTicks: TickRange;
  readonly targetTicks: TickRange;
};

type Push = {
  readonly ticks: TickRange;
  readonly forTicks: number;
  /** Sideways in any direction. */
  readonly forceN: number;
};

const MOVES: Readonly<Record<string, Move>> = {
  widowx: { nearestM: 0.08, farthestM: 0.15, sourceTicks: [4, 9], targetTicks: [8, 16] },
  google_robot: { nearestM: 0.08, farthestM: 0.2, sourceTicks: [4, 9], targetTicks: [8, 16] },
};

const PUSHES: Readonly<Record<string, Push>> = {
  widowx: { ticks: [4, 16], forTicks: 2, forceN: 28 },
  google_robot: { ticks: [4, 16], forTicks: 2, forceN: 150 },
};

/** On the lid there is less room: what is to be stored is moved so far, before it is asked for. */
const LID_MOVE = { nearestM: 0.04, ticks: [60, 95] } as const;

/** The benchmark's tasks, in which someone moves the source (even seeds) or the target (odd). */
export const objectMoved: Suite = {
  name: 'object-moved',
  summary: 'source or target is moved while the arm is at work',
  tasks: {
    widowx: WIDOWX_TASKS.map((task) => perturbed(task, 'widowx', moveEvent)),
    google_robot: GOOGLE_TASKS.filter(hasObjects).map((task) =>
      perturbed(task, 'google_robot', moveEvent),
    ),
  },
};

/** The benchmark's tasks, in which someone pushes the arm. */
export const armPushed: Suite = {
  name: 'arm-pushed',
  summary: 'the arm is pushed aside while it is at work',
  tasks: {
    widowx: WIDOWX_TASKS.map((task) => perturbed(task, 'widowx', pushEvent)),
    google_robot: GOOGLE_TASKS.map((task) => perturbed(task, 'google_robot', pushEvent)),
  },
};

function hasObjects({ family }: TaskSpec): boolean {
  return family !== 'open' && family !== 'close';
}

function perturbed(
  task: TaskSpec,
  robot: string,
  eventOf: (scene: Scene, robot: string, seed: bigint, random: Random) => SceneEvent,
): SuiteTask {
  return {
    name: task.name,
    scene: (seed) => {
      const scene = taskScene(task, seed);
      const random = new Random(seed).fork(task.name).fork(eventOf.name);
      return { ...scene, events: [eventOf(scene, robot, seed, random)] };
    },
  };
}

function moveEvent(scene: Scene, robot: string, seed: bigint, random: Random): SceneEvent {
  const { goal } = scene;
  if (!('source' in goal)) throw new Error(`${scene.task} has nothing to be moved`);
  const move = MOVES[robot]!;
  const isTarget = 'target' in goal && seed % 2n === 1n;
  const object = isTarget ? goal.target : goal.source;
  const isStored = goal.kind === 'store';
  const ticks = isStored ? LID_MOVE.ticks : isTarget ? move.targetTicks : move.sourceTicks;
  const { x, y, yawRad } = isStored
    ? elsewhereOnLid(scene, object, random)
    : elsewhereIn(scene, object, move, random);
  return { kind: 'move', atTick: tickIn(ticks, random), object, x, y, yawRad };
}

function elsewhereIn(scene: Scene, index: number, move: Move, random: Random): SceneObject {
  const { objects, task } = scene;
  const place = objects[index]!.supportZM === undefined ? elsewhereOnTable : elsewhereOnCounter;
  // A full table may have no room so far away: then as far as there is.
  for (let nearestM = move.nearestM; nearestM > 0.02; nearestM *= 0.8) {
    const object = place(objects, index, { ...move, nearestM }, random);
    if (object !== undefined) return object;
  }
  throw new Error(`no room to move anything to in ${task}`);
}

function elsewhereOnLid({ objects, cabinet, task }: Scene, index: number, random: Random) {
  const object = objects[index]!;
  if (cabinet === undefined) throw new Error(`${task} has no cabinet`);
  for (;;) {
    const moved = onLid('apple', cabinet, random);
    if (Math.hypot(moved.x - object.x, moved.y - object.y) > LID_MOVE.nearestM) return moved;
  }
}

function pushEvent(_: Scene, robot: string, __: bigint, random: Random): SceneEvent {
  const { ticks, forTicks, forceN } = PUSHES[robot]!;
  const angle = random.uniform(-Math.PI, Math.PI);
  const force: Vec3 = [forceN * Math.cos(angle), forceN * Math.sin(angle), 0];
  return { kind: 'push', atTick: tickIn(ticks, random), forTicks, forceN: force };
}

function tickIn([first, last]: TickRange, random: Random): number {
  return first + random.int(last - first + 1);
}
