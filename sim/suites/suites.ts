import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { simArmOf } from '../arms/simArms.ts';
import { taskScene } from '../tasks/taskScene.ts';
import type { Scene } from '../world/Scene.ts';
import { paraphrases } from './paraphrases.ts';
import { armPushed, objectMoved } from './perturbations.ts';
import type { Suite } from './Suite.ts';
import { twoInstructions } from './twoInstructions.ts';
import { unseenObjects } from './unseenObjects.ts';

const simpler: Suite = {
  name: 'simpler',
  summary: 'the tasks of SimplerEnv',
  tasks: Object.fromEntries(
    EMBODIMENTS.map((embodiment) => [
      embodiment.name,
      simArmOf(embodiment).tasks.map((task) => ({
        name: task.name,
        scene: (seed: bigint) => taskScene(task, seed),
      })),
    ]),
  ),
};

/** The plain one first, then those of generalisation. */
export const SUITES: readonly Suite[] = [
  simpler,
  unseenObjects,
  paraphrases,
  objectMoved,
  armPushed,
  twoInstructions,
];

/** The tasks of a suite for an arm; none where it has none, or if there is no such suite. */
export function suiteTaskNames(suite: string, robot: string): readonly string[] {
  return (suiteOf(suite)?.tasks[robot] ?? []).map(({ name }) => name);
}

/** The scene of a suite's task; throws for names that are unknown. */
export function suiteScene(suite: string, robot: string, task: string, seed: bigint): Scene {
  const found = suiteOf(suite)?.tasks[robot]?.find(({ name }) => name === task);
  if (found === undefined) throw new Error(`no task '${task}' for '${robot}' in suite '${suite}'`);
  return found.scene(seed);
}

function suiteOf(name: string): Suite | undefined {
  return SUITES.find((suite) => suite.name === name);
}
