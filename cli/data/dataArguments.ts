import type { DatasetKind, InstructionCount } from '../../sim/tasks/DatasetKind.ts';
import { taskNamesOf } from '../../sim/arms/simArms.ts';
import { type DatasetSpec, MAX_TRAINING_SEED, PER_SHARD } from '../../lab/data/DatasetSpec.ts';
import { defineCommand } from '../arguments/Command.ts';
import { choice, folder, integer, list, required } from '../arguments/Option.ts';
import { refuseUnknown, robotOption } from '../arguments/shared.ts';

export type DataArguments = { readonly plan: DatasetSpec; readonly workers: number };

const DEFAULT_COUNT: Readonly<Record<DatasetKind, number>> = { static: 24_000, episodes: 1200 };

export const command = defineCommand({
  name: 'data',
  about:
    'Makes training data from the simulated arm. After an interruption, the same command continues ' +
    'the data set.',
  positionals: [
    {
      name: 'KIND',
      help: 'what is made',
      expected: 'static or episodes',
      choices: {
        static: 'single pictures with points, boxes and trajectories',
        episodes: 'the scripted expert at work, with action chunks',
      },
    },
  ],
  options: {
    out: required(folder({ help: 'where the data goes' })),
    robot: robotOption,
    count: integer({
      help: 'how many pictures or episodes',
      min: 1,
      max: 50_000,
      defaultText: `${DEFAULT_COUNT.static} pictures or ${DEFAULT_COUNT.episodes} episodes`,
    }),
    seed: integer({
      help: 'which scenes; seeds above are for evaluation',
      placeholder: 'S',
      min: 0,
      max: MAX_TRAINING_SEED,
      default: 1,
    }),
    instructions: instructionsOption(
      'instructions of an episode; with 2, the second one follows when the first is fulfilled',
    ),
    tasks: list({
      help: 'only episodes of these tasks of the benchmark',
      defaultText: 'all scenes of training',
    }),
    workers: workersOption(2),
  },
  build(values, { words, refuse }): DataArguments {
    const { robot, seed, workers, out: directory, tasks = [] } = values;
    const kind = words[0] as DatasetKind;
    const instructions = instructionCount(values.instructions);
    if (kind === 'static' && instructions === 2) {
      refuse('--instructions: expected 1 for single pictures, found "2"');
    }
    if (tasks.length > 0 && (kind === 'static' || instructions === 2)) {
      refuse('--tasks: expected only with episodes of one instruction');
    }
    refuseUnknown('tasks', tasks, taskNamesOf({ name: robot }), refuse);
    const count = values.count ?? DEFAULT_COUNT[kind];
    const perShard = PER_SHARD[kind];
    return {
      plan: { kind, robot, directory, count, seed, instructions, tasks, perShard },
      workers,
    };
  },
});

export function instructionsOption(help: string) {
  return choice(['1', '2'], { help, placeholder: 'N', default: '1' });
}

export function instructionCount(text: '1' | '2'): InstructionCount {
  return text === '2' ? 2 : 1;
}

export function workersOption(count: number, defaultText = String(count)) {
  const help = 'processes; the data does not depend on their number';
  return integer({ help, placeholder: 'W', min: 1, max: 64, default: count, defaultText });
}
