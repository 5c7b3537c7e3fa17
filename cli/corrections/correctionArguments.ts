import { availableParallelism } from 'node:os';
import { modelFolder } from '../../adapters/files/packageFiles.ts';
import { type DatasetSpec, MAX_TRAINING_SEED } from '../../lab/data/DatasetSpec.ts';
import type { LoopSettings } from '../../lab/LoopSettings.ts';
import { taskNamesOf } from '../../sim/arms/simArms.ts';
import { defineCommand } from '../arguments/Command.ts';
import { defaultLoop } from '../arguments/loopOptions.ts';
import { folder, integer, list, required } from '../arguments/Option.ts';
import { refuseUnknown, robotOption } from '../arguments/shared.ts';
import { instructionCount, instructionsOption, workersOption } from '../data/dataArguments.ts';

const EPISODES_PER_SHARD = 10;

export type CorrectionArguments = {
  readonly plan: DatasetSpec;
  readonly settings: LoopSettings;
  readonly workers: number;
};

export const command = defineCommand({
  name: 'corrections',
  about:
    'Makes training data for a model that can act already: it acts in training scenes, and the ' +
    'scripted expert labels every tick with what it would do from there. The folder has the format ' +
    'of `st4vla data episodes`. After an interruption, the same command continues the data set.',
  options: {
    out: required(folder({ help: 'where the data goes' })),
    robot: robotOption,
    model: folder({ help: 'the model package', defaultText: "the robot's own" }),
    count: integer({ help: 'episodes', min: 1, max: 50_000, default: 200 }),
    seed: integer({
      help: 'which scenes, as for `st4vla data`',
      placeholder: 'S',
      min: 0,
      max: MAX_TRAINING_SEED,
      default: 2,
    }),
    tasks: list({
      help: 'only scenes of these tasks of the benchmark',
      defaultText: 'all scenes of training',
    }),
    instructions: instructionsOption(
      'instructions of a scene; with 2, which has no --tasks, a second one follows on the first',
    ),
    workers: workersOption(availableParallelism(), 'one per core'),
  },
  build(values, { refuse }): CorrectionArguments {
    const { out, robot, model, count, seed, workers } = values;
    const instructions = instructionCount(values.instructions);
    if (instructions === 2 && values.tasks !== undefined) {
      refuse('--tasks: expected none with --instructions 2, whose scenes belong to no task');
    }
    const known = taskNamesOf({ name: robot });
    const asked = values.tasks ?? [];
    refuseUnknown('tasks', asked, known, refuse);
    return {
      plan: {
        kind: 'episodes',
        robot,
        directory: out,
        count,
        seed,
        instructions,
        tasks: known.filter((name) => asked.includes(name)),
        perShard: EPISODES_PER_SHARD,
      },
      settings: {
        robot,
        policy: { kind: 'model', folder: modelFolder(model, robot) },
        ...defaultLoop,
      },
      workers,
    };
  },
});
