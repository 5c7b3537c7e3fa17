import { availableParallelism } from 'node:os';
import { modelFolder } from '../../adapters/files/packageFiles.ts';
import type { LoopSettings } from '../../lab/LoopSettings.ts';
import type { EvaluationSpec } from '../../lab/evaluation/evaluate.ts';
import { SUITES, suiteTaskNames } from '../../sim/suites/suites.ts';
import { defineCommand } from '../arguments/Command.ts';
import { loopOptions, loopSettings, policyUrlOption } from '../arguments/loopOptions.ts';
import { choice, folder, integer, list } from '../arguments/Option.ts';
import { refuseUnknown, robotOption } from '../arguments/shared.ts';

export type EvalArguments = {
  readonly outFolder: string;
  readonly settings: LoopSettings;
  readonly plan: EvaluationSpec;
};

const suites = Object.fromEntries(SUITES.map(({ name, summary }) => [name, summary]));
const settingOption = choice(
  {
    'visual-matching': 'as in training',
    'variant-aggregation':
      'each episode in every variant of light, surfaces, background, distractors and camera',
  },
  { help: 'how scenes look', default: 'visual-matching' },
);
const policies = { model: 'a model package', scripted: 'the expert that the data comes from' };

export const command = defineCommand({
  name: 'eval',
  about: 'Runs a policy in the embedded simulator, in virtual time, and counts successes.',
  options: {
    robot: robotOption,
    suite: choice(suites, { help: 'which tasks', default: 'simpler' }),
    setting: settingOption,
    tasks: list({ help: 'only these tasks of the suite' }),
    episodes: integer({ help: 'episodes of each task', min: 1, max: 10_000, default: 24 }),
    seed: integer({
      help: 'which scenes: episode i has the seed 1000000 + 10000 S + i',
      placeholder: 'S',
      min: 0,
      default: 0,
    }),
    out: folder({ help: 'where results go', default: 'runs/eval' }),
    model: folder({ help: 'the model package', defaultText: "the robot's own" }),
    'policy-url': policyUrlOption,
    policy: choice(policies, { help: 'what acts', placeholder: 'KIND', default: 'model' }),
    workers: integer({
      help: 'processes; the results do not depend on their number',
      placeholder: 'W',
      min: 1,
      default: availableParallelism(),
      defaultText: 'one per core',
    }),
    ...loopOptions,
  },
  build(values, { isGiven, refuse }): EvalArguments {
    const { robot, suite, setting, episodes, seed, workers, out } = values;
    const isScripted = values.policy === 'scripted';
    if (isScripted && isGiven('model')) refuse('--model: expected none with --policy scripted');
    const known = suiteTaskNames(suite, robot);
    const asked = values.tasks ?? known;
    refuseUnknown('tasks', asked, known, refuse);
    const tasks = known.filter((name) => asked.includes(name));
    const policy: LoopSettings['policy'] = isScripted
      ? { kind: 'scripted' }
      : {
          kind: 'model',
          folder: modelFolder(values.model, robot),
          ...(values['policy-url'] !== undefined && { url: values['policy-url'] }),
        };
    return {
      outFolder: out,
      settings: { robot, policy, ...loopSettings(values) },
      plan: { suite, setting, tasks, episodes, seed, workers },
    };
  },
});
