import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { QUEUE_MODES } from '../../core/execution/ActionQueue.ts';
import { MAX_PLAN_AGE_SEC } from '../../core/execution/pipelineDefaults.ts';
import { SUITES, suiteTaskNames } from '../../sim/suites/suites.ts';
import { OptionReader } from '../OptionReader.ts';
import { modelFolder } from '../../adapters/files/packageFiles.ts';
import {
  type LoopSettings,
  MEASURED_DELAY_TICKS,
  MEASURED_PLAN_DELAY_TICKS,
  PLAN_PERIOD_SEC,
} from '../../lab/LoopSettings.ts';
import type { EvaluationSpec } from '../../lab/evaluation/evaluate.ts';
import { SCENE_SETTINGS } from '../../lab/evaluation/SceneSetting.ts';

export const EVAL_USAGE = `usage: st4vla eval [options]

Runs a policy in the embedded simulator, in virtual time, and counts successes.

  --robot NAME             widowx (default) or google_robot
  --suite NAME             which tasks, simpler unless told otherwise
${SUITES.map(({ name, summary }) => `      ${name.padEnd(20)} ${summary}`).join('\n')}
  --setting NAME           how scenes look
      visual-matching      as in training (default)
      variant-aggregation  each episode in every variant of light, surfaces, background,
                           distractors and camera
  --tasks A,B              only these tasks of the suite
  --episodes N             episodes of each task, 24 unless told otherwise
  --seed S                 which scenes: episode i has the seed 1000000 + 10000 S + i; 0
  --out DIR                where results go, runs/eval unless told otherwise
  --model DIR              model package, the robot's own unless told otherwise
  --policy KIND            model (default), or scripted: the expert that the data comes from
  --workers W              processes; the results do not depend on it
  --delay-ticks D          ticks from a frame to its chunk, ${MEASURED_DELAY_TICKS} as measured by the demo
  --plan-delay-ticks P     ticks from a frame to its plan, ${MEASURED_PLAN_DELAY_TICKS} as measured by the demo
  --plan-period SEC        shortest time between two plans, ${PLAN_PERIOD_SEC}
  --max-plan-age SEC       the expert does not act on older plans, ${MAX_PLAN_AGE_SEC}
  --lock-step              planner and expert from one frame
  --queue MODE             ensemble or receding, what the model asks for unless told otherwise
  --ensemble-horizon N     chunks in the ensemble
  --execution-horizon N    rows executed before a newer chunk takes over (receding)
`;

export type EvalArguments = {
  readonly outFolder: string;
  readonly settings: LoopSettings;
  readonly plan: EvaluationSpec;
};

export type ParsedEvalArguments =
  | { readonly kind: 'run'; readonly arguments: EvalArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** Reads the command line; all faults at once. */
export function parseEvalArguments(args: readonly string[]): ParsedEvalArguments {
  const faults: string[] = [];
  const values = readOptions(args, faults);
  if (values === undefined) return { kind: 'faults', faults };
  if (values.help) return { kind: 'help' };
  const read = new OptionReader(values, faults);
  const robot = read.oneOf(
    'robot',
    EMBODIMENTS.map(({ name }) => name),
    'widowx',
  );
  const suites = SUITES.map(({ name }) => name);
  const suite = read.oneOf('suite', suites, 'simpler');
  const isScripted = read.oneOf('policy', ['model', 'scripted'], 'model') === 'scripted';
  if (isScripted && values.model !== undefined)
    faults.push('--model: of no use with a scripted policy');
  const settings: LoopSettings = {
    robot,
    policy: isScripted
      ? { kind: 'scripted' }
      : { kind: 'model', folder: modelFolder(values.model, robot) },
    delayTicks: read.integer('delay-ticks', 0, MEASURED_DELAY_TICKS),
    planDelayTicks: read.integer('plan-delay-ticks', 0, MEASURED_PLAN_DELAY_TICKS),
    planPeriodSec: read.seconds('plan-period', PLAN_PERIOD_SEC),
    maxPlanAgeSec: read.seconds('max-plan-age', MAX_PLAN_AGE_SEC),
    lockStep: values['lock-step'] ?? false,
    execution: {
      mode: values.queue === undefined ? undefined : read.oneOf('queue', QUEUE_MODES),
      ensembleHorizon: read.integer('ensemble-horizon', 1, undefined),
      executionHorizon: read.integer('execution-horizon', 1, undefined),
    },
  };
  const plan: EvaluationSpec = {
    suite,
    setting: read.oneOf('setting', SCENE_SETTINGS, 'visual-matching'),
    tasks: read.listOf('tasks', suiteTaskNames(suite, robot)),
    episodes: read.integer('episodes', 1, 24),
    seed: read.integer('seed', 0, 0),
    workers: read.integer('workers', 1, availableParallelism()),
  };
  if (plan.episodes > 10_000) faults.push(`--episodes: expected at most 10000`);
  if (faults.length > 0) return { kind: 'faults', faults };
  const outFolder = values.out ?? 'runs/eval';
  return { kind: 'run', arguments: { outFolder, settings, plan } };
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  robot: { type: 'string' },
  suite: { type: 'string' },
  setting: { type: 'string' },
  tasks: { type: 'string' },
  episodes: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  model: { type: 'string' },
  policy: { type: 'string' },
  workers: { type: 'string' },
  'delay-ticks': { type: 'string' },
  'plan-delay-ticks': { type: 'string' },
  'plan-period': { type: 'string' },
  'max-plan-age': { type: 'string' },
  'lock-step': { type: 'boolean' },
  queue: { type: 'string' },
  'ensemble-horizon': { type: 'string' },
  'execution-horizon': { type: 'string' },
} as const;

type OptionValues = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
function readOptions(args: readonly string[], faults: string[]): OptionValues | undefined {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
