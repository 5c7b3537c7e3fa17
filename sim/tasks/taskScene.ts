import { Random } from '../../core/math/random.ts';
import type { Scene } from '../world/Scene.ts';
import type { CounterKind } from './googleLayout.ts';
import { apartOnCounter, cabinetPlace, onCounter, onLid } from './googleLayout.ts';
import { namesOf } from './instructions.ts';
import { sampleLayout } from './layout.ts';
import type { TaskSpec } from './TaskSpec.ts';

/** Things on the counter of a task of moving one near another. */
const NEAR_THINGS = 3;

/** The scene of a task and seed: always the same one. */
export function taskScene(task: TaskSpec, seed: bigint | number): Scene {
  return taskSceneOf(task, new Random(seed).fork(task.name));
}

/** A scene of a task as the random numbers say. */
export function taskSceneOf(task: TaskSpec, random: Random): Scene {
  return { task: task.name, maxTicks: task.maxTicks, ...sampled(task, random) };
}

/** The first thing is to be moved near the second. */
export function nearScene(
  kinds: readonly CounterKind[],
  random: Random,
): Pick<Scene, 'instruction' | 'objects' | 'goal'> {
  const objects = apartOnCounter(kinds, random);
  const [source, target] = objects.map((object) => namesOf(object)[0]);
  const instruction = `move ${source} near ${target}`;
  return { instruction, objects, goal: { kind: 'near', source: 0, target: 1 } };
}

function sampled(task: TaskSpec, random: Random): Omit<Scene, 'task' | 'maxTicks'> {
  switch (task.family) {
    case 'place': {
      const { instruction, source, target } = task;
      const objects = sampleLayout([source, target], random);
      return { instruction, objects, goal: { kind: 'place', source: 0, target: 1 } };
    }
    case 'pick': {
      const { instruction, source, yawRad } = task;
      const objects = [onCounter(source, yawRad, random)];
      return { instruction, objects, goal: { kind: 'pick', source: 0 } };
    }
    case 'near': {
      const kinds = random.shuffle(task.kinds).slice(0, NEAR_THINGS);
      return nearScene(kinds, random);
    }
    case 'open':
    case 'close': {
      const drawer = random.pick(task.drawers);
      return {
        instruction: `${task.family} ${drawer} drawer`,
        objects: [],
        goal: { kind: task.family, drawer },
        cabinet: cabinetPlace(random, task.family === 'close' ? drawer : undefined),
      };
    }
    case 'store': {
      const { source, drawer, followUpTick } = task;
      const cabinet = cabinetPlace(random, undefined, true);
      const object = onLid(source, cabinet, random);
      return {
        instruction: `open ${drawer} drawer`,
        followUp: {
          fromTick: followUpTick,
          instruction: `place ${namesOf(object)[0]} into ${drawer} drawer`,
        },
        objects: [object],
        goal: { kind: 'store', source: 0, drawer },
        cabinet,
      };
    }
  }
}
