import { join, resolve } from 'node:path';
import { packageRoot } from '../../setup/paths.mjs';
import { defineCommand } from '../arguments/Command.ts';
import { file, folder, integer, number, required, text } from '../arguments/Option.ts';
import { robotOption } from '../arguments/shared.ts';

export type AblationArguments = {
  readonly python: string;
  readonly robot: string;
  readonly planFile: string;
  readonly scale: number;
  readonly processes: number;
  readonly parallel: number;
  readonly device: string;
  readonly out: string;
};

export const command = defineCommand({
  name: 'ablation',
  about:
    'Trains the miniature with and without spatial guidance, and compares: makes the data, finds a ' +
    'learning rate for each way of training, trains, evaluates, and writes a page. After an ' +
    'interruption, the same command continues. Hours on two cores: see docs/training.md.',
  options: {
    python: required(file({ help: 'a Python with training/requirements.txt' })),
    robot: robotOption,
    plan: file({ help: 'how much of everything', defaultText: 'training/ablation.yaml' }),
    scale: number({ help: 'factor of all counts and steps', above: 0, max: 100, default: 1 }),
    processes: integer({
      help: 'of a training, each with one thread and a batch of its own',
      min: 1,
      max: 64,
      default: 1,
    }),
    parallel: integer({
      help:
        'jobs at once that do not wait for one another; on a GPU some ten of these small trainings ' +
        'fill it (with nvidia-cuda-mps-control)',
      min: 1,
      max: 64,
      default: 1,
    }),
    device: text({
      help: 'cpu or cuda',
      placeholder: 'NAME',
      expected: 'cpu or cuda',
      default: 'cpu',
    }),
    out: folder({ help: 'where all of it goes', defaultText: 'runs/ablation-NAME of the robot' }),
  },
  build({ plan, python, out, ...values }): AblationArguments {
    return {
      ...values,
      python: resolve(python),
      planFile: plan ?? join(packageRoot, 'training', 'ablation.yaml'),
      out: resolve(out ?? join('runs', `ablation-${values.robot}`)),
    };
  },
});
