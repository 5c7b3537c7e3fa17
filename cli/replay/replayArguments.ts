import { parseArgs } from 'node:util';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { QUEUE_MODES } from '../../core/execution/ActionQueue.ts';
import { MAX_JOINT_SKEW_SEC, MAX_PLAN_AGE_SEC } from '../../core/execution/pipelineDefaults.ts';
import {
  type LoopSettings,
  MEASURED_DELAY_TICKS,
  MEASURED_PLAN_DELAY_TICKS,
  PLAN_PERIOD_SEC,
} from '../../lab/LoopSettings.ts';
import type { ReplayOptions } from '../../lab/replay/replay.ts';
import { OptionReader } from '../OptionReader.ts';
import { modelFolder } from '../../adapters/files/packageFiles.ts';
import { readPipelineParameters } from './pipelineParameters.ts';

export const REPLAY_USAGE = `usage: st4vla replay BAG [options]
       st4vla replay BAG|FOLDER --report DIR [options]
       st4vla replay BAG --ros [options] [--ros-args ...]

Runs a recorded bag (a folder, .mcap or .db3) through perception, policy and controller, in one
process and virtual time, as fast as it goes. The same bag, model and settings give the same commands,
to the last bit on processors of one kind.

  --golden FILE        compare with this file
  --update             write it instead
  --exact, --tolerant  compare to the last bit, or as across processors; by default as the
                       processors ask for
  --out DIR            write replay.json, and a picture of the first difference
  --report DIR         of a bag, or all bags in a folder: a page that compares what the model would
                       do with what was done, and results.json; with a second --model, both
  --instruction TEXT   instead of what the bag says
  --namespace NS       of the topics in the bag
  --remap NAME:=TOPIC  topic of the bag for one that the pipeline reads; may be repeated
  --robot NAME         widowx (default) or google_robot
  --model DIR          model package, the robot's own unless told otherwise
  --noise-seed S       of the denoising's noise, 0
  --delay-ticks D      ticks from a frame to its chunk, ${MEASURED_DELAY_TICKS} as measured by the demo
  --plan-delay-ticks P ticks from a frame to its plan, ${MEASURED_PLAN_DELAY_TICKS} as measured by the demo
  --plan-period SEC    shortest time between two plans, ${PLAN_PERIOD_SEC}
  --max-plan-age SEC   the expert does not act on older plans, ${MAX_PLAN_AGE_SEC}
  --lock-step          planner and expert from one frame
  --max-skew SEC       furthest that joints may be from a picture in time, ${MAX_JOINT_SKEW_SEC}
  --queue MODE         ensemble or receding, as the model asks for unless told otherwise
  --ensemble-horizon K, --execution-horizon E   of the queue, in ticks, as the model asks for
  --params-file FILE   take these from the nodes' parameters, as in config/; what is given here goes
                       before it

With --ros the bag is published to live nodes that follow its clock (use_sim_time), from its beginning to its
end, without what these nodes publish themselves. It and the nodes have a namespace of their own, with a
/clock of its own, so that no arm follows:

  --prefix NS          that namespace, /replay; '' for the names of the bag
  --onto-live-arm      play although a driver listens to commands there, or another node publishes
                       the same topics
  --rate R             seconds of the bag per second, 1
  --start SEC          where to begin
  --start-paused       wait for the service ~/resume or ~/step
  --loop               begin again at the end
  --topics A,B         only these topics
  --in-step            time waits until perception, policy and controller have answered: commands as of
                       a replay with --delay-ticks 0 --plan-delay-ticks 0
  --primary TOPIC      with --in-step and several cameras: that of the model's first view

Ends with 0, with 1 where something differs from the golden file, with 2 where the bag, the model or
an argument is wrong.
`;

export type ReplayArguments = ReplayOptions & {
  readonly outFolder: string | undefined;
  readonly reportFolder: string | undefined;
  /** Another one that a report compares with it. */
  readonly otherModelFolder: string | undefined;
};

export type ParsedReplay =
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] }
  | { readonly kind: 'run'; readonly arguments: ReplayArguments };

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  golden: { type: 'string' },
  update: { type: 'boolean', default: false },
  exact: { type: 'boolean', default: false },
  tolerant: { type: 'boolean', default: false },
  out: { type: 'string' },
  report: { type: 'string' },
  instruction: { type: 'string' },
  namespace: { type: 'string', default: '' },
  remap: { type: 'string', multiple: true },
  robot: { type: 'string', default: 'widowx' },
  model: { type: 'string', multiple: true },
  'noise-seed': { type: 'string', default: '0' },
  'delay-ticks': { type: 'string' },
  'plan-delay-ticks': { type: 'string' },
  'plan-period': { type: 'string' },
  'max-plan-age': { type: 'string' },
  'lock-step': { type: 'boolean', default: false },
  'max-skew': { type: 'string' },
  queue: { type: 'string' },
  'ensemble-horizon': { type: 'string' },
  'execution-horizon': { type: 'string' },
  'params-file': { type: 'string' },
} as const;

export function parseReplayArguments(args: readonly string[]): ParsedReplay {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { kind: 'faults', faults: [(error as Error).message] };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  const namespace = values.namespace.replace(/^\/|\/$/g, '');
  const file = values['params-file'];
  const given = file === undefined ? {} : readPipelineParameters(file, namespace, faults);
  const read = new OptionReader(values, faults);
  const [bag = ''] = positionals;
  if (positionals.length !== 1) faults.push(`expected one bag, found ${positionals.length}`);
  const robot = read.oneOf(
    'robot',
    EMBODIMENTS.map(({ name }) => name),
  );
  if (values.exact && values.tolerant) faults.push('--exact and --tolerant: expected one of them');
  if (values.update && values.golden === undefined) faults.push('--update: expected --golden FILE');
  if (!/^\d{1,18}$/.test(values['noise-seed'])) {
    faults.push(`--noise-seed: expected an integer of at least 0, found "${values['noise-seed']}"`);
  }
  const [model, otherModel, ...moreModels] = values.model ?? [];
  if (values.report === undefined && otherModel !== undefined) {
    faults.push('--model: expected one without --report, found several');
  }
  if (moreModels.length > 0) faults.push('--model: expected at most two');
  if (values.report !== undefined && (values.golden ?? values.out) !== undefined) {
    faults.push('--report: expected neither --golden nor --out beside it');
  }
  const folder = modelFolder(model, robot);
  const settings: LoopSettings = {
    robot,
    policy: { kind: 'model', folder },
    delayTicks: read.integer('delay-ticks', 0, MEASURED_DELAY_TICKS),
    planDelayTicks: read.integer('plan-delay-ticks', 0, MEASURED_PLAN_DELAY_TICKS),
    planPeriodSec: read.seconds('plan-period', given.planPeriodSec ?? PLAN_PERIOD_SEC),
    maxPlanAgeSec: read.seconds('max-plan-age', given.maxPlanAgeSec ?? MAX_PLAN_AGE_SEC),
    lockStep: values['lock-step'] || (given.lockStep ?? false),
    execution: {
      mode: values.queue === undefined ? given.execution?.mode : read.oneOf('queue', QUEUE_MODES),
      ensembleHorizon: read.integer('ensemble-horizon', 1, given.execution?.ensembleHorizon),
      executionHorizon: read.integer('execution-horizon', 1, given.execution?.executionHorizon),
      ensembleAlpha: given.execution?.ensembleAlpha,
      gripperHoldTicks: given.execution?.gripperHoldTicks,
    },
  };
  const maxSkewSec = read.seconds('max-skew', given.maxSkewSec ?? MAX_JOINT_SKEW_SEC);
  const remaps = readRemaps(values.remap ?? [], faults);
  if (faults.length > 0) return { kind: 'faults', faults };
  return {
    kind: 'run',
    arguments: {
      bag,
      golden: values.golden,
      update: values.update,
      exact: values.exact ? true : values.tolerant ? false : undefined,
      outFolder: values.out,
      reportFolder: values.report,
      instruction: values.instruction,
      namespace,
      remaps,
      modelFolder: folder,
      otherModelFolder: otherModel === undefined ? undefined : modelFolder(otherModel, robot),
      noiseSeed: BigInt(values['noise-seed']),
      maxSkewSec,
      settings,
    },
  };
}

function readRemaps(texts: readonly string[], faults: string[]): Map<string, string> {
  const remaps = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf(':=');
    if (at > 0 && at < text.length - 2) remaps.set(text.slice(0, at), text.slice(at + 2));
    else faults.push(`--remap: expected NAME:=TOPIC, found "${text}"`);
  }
  return remaps;
}
