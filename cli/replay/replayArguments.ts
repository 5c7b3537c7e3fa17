import { modelFolder } from '../../adapters/files/packageFiles.ts';
import { MAX_JOINT_SKEW_SEC } from '../../core/execution/pipelineDefaults.ts';
import type { ReplayOptions } from '../../lab/replay/replay.ts';
import { defineCommand } from '../arguments/Command.ts';
import type { Found } from '../arguments/CommandTable.ts';
import { loopOptions, loopSettings, policyUrlOption } from '../arguments/loopOptions.ts';
import {
  bigInteger,
  file,
  flag,
  folder,
  matching,
  ofMode,
  repeated,
  seconds,
  text,
  type Values,
} from '../arguments/Option.ts';
import { namespaceOption, robotOption, trimmedNamespace } from '../arguments/shared.ts';
import { readPipelineParameters } from './pipelineParameters.ts';
import { playerArguments, playOptions } from './playArguments.ts';

export type ReplayArguments = ReplayOptions & {
  readonly outFolder: string | undefined;
  readonly reportFolder: string | undefined;
  /** Another one that a report compares with it. */
  readonly otherModelFolder: string | undefined;
};

export type ReplayCommand =
  | ({ readonly kind: 'replay' } & ReplayArguments)
  /** Arguments of the player node. */
  | { readonly kind: 'play'; readonly rosArguments: readonly string[] };

const OFFLINE = 'without --ros';
const LIVE = '--ros';

const runOptions = {
  golden: file({ help: 'compare with this file' }),
  update: flag('write the file of --golden instead of comparing with it'),
  exact: flag('compare to the last bit'),
  tolerant: flag(
    'compare as across processors; by default the processors decide between this and --exact',
  ),
  out: folder({ help: 'write replay.json, and a picture of the first difference' }),
  report: folder({
    help:
      'of a bag, or all bags in a folder: a page that compares what the model would do with what ' +
      'was done, and results.json; with a second --model, both',
  }),
  instruction: text({ help: 'instead of the instruction in the bag' }),
  namespace: { ...namespaceOption, help: 'namespace of the topics in the bag; none by default' },
  remap: repeated(
    matching(
      {
        help: 'topic of the bag for one that the pipeline reads',
        placeholder: 'NAME:=TOPIC',
        expected: 'NAME:=TOPIC',
      },
      readRemap,
    ),
  ),
  robot: robotOption,
  model: repeated(folder({ help: 'the model package', defaultText: "the robot's own" })),
  'policy-url': policyUrlOption,
  'noise-seed': bigInteger({
    help: "seed of the denoising's noise",
    placeholder: 'S',
    maxDigits: 18,
    default: 0n,
  }),
  ...loopOptions,
  'max-skew': seconds({
    help: 'furthest that joints may be from a picture in time',
    defaultText: String(MAX_JOINT_SKEW_SEC),
  }),
  'params-file': file({
    help:
      "take delays, ages and the queue from the nodes' parameters, as in config/; options have " +
      'precedence',
  }),
};

export const command = defineCommand({
  name: 'replay',
  about:
    'Runs a recorded bag (a folder, .mcap or .db3) through perception, policy and controller, in ' +
    'one process and virtual time, as fast as possible. The same bag, model and settings give the ' +
    'same commands, to the last bit on processors of one kind.',
  closing:
    'Ends with 0, with 1 if something differs from the golden file, with 2 if the bag, the model ' +
    'or an argument is wrong.',
  positionals: [
    {
      name: 'BAG',
      help: 'the bag; with --report also a folder of bags',
      expected: 'a bag',
      completes: 'file',
    },
  ],
  passesOn: { from: '--ros-args', usage: '[--ros-args ...]' },
  modes: [
    { name: OFFLINE, about: 'without --ros:' },
    {
      name: LIVE,
      about:
        'With --ros the bag is published to live nodes that follow its clock (use_sim_time), from ' +
        'its beginning to its end, without what these nodes publish themselves. The bag and the ' +
        'nodes have a namespace with a /clock of its own, so that no arm follows:',
    },
  ],
  options: {
    ros: flag('publish the bag to live nodes'),
    ...ofMode(OFFLINE, runOptions),
    ...ofMode(LIVE, playOptions),
  },
  modeOf: ({ ros }) => (ros ? LIVE : OFFLINE),
  build(values, found): ReplayCommand {
    const [bag = ''] = found.words;
    if (values.ros) {
      return { kind: 'play', rosArguments: playerArguments(bag, values, found.passedOn) };
    }
    if (found.passedOn.length > 0) found.refuse('--ros-args: expected only with --ros');
    checkOptions(values, found);
    return { kind: 'replay', ...replayArguments(bag, values, found) };
  },
});

type RunValues = Values<typeof runOptions>;

function replayArguments(bag: string, values: RunValues, { refuse }: Found): ReplayArguments {
  const { robot, golden, update, exact, tolerant, instruction } = values;
  const namespace = trimmedNamespace(values.namespace);
  const parameterFile = values['params-file'];
  const given =
    parameterFile === undefined ? {} : readPipelineParameters(parameterFile, namespace, refuse);
  const [model, otherModel] = values.model;
  const ownModel = modelFolder(model, robot);
  return {
    bag,
    golden,
    update,
    exact: exact ? true : tolerant ? false : undefined,
    outFolder: values.out,
    reportFolder: values.report,
    instruction,
    namespace,
    remaps: new Map(values.remap),
    modelFolder: ownModel,
    policyUrl: values['policy-url'],
    otherModelFolder: otherModel === undefined ? undefined : modelFolder(otherModel, robot),
    noiseSeed: values['noise-seed'],
    maxSkewSec: values['max-skew'] ?? given.maxSkewSec ?? MAX_JOINT_SKEW_SEC,
    settings: {
      robot,
      policy: { kind: 'model', folder: ownModel },
      ...loopSettings(values, given),
    },
  };
}

/** Options that do not go together. */
function checkOptions(values: RunValues, { refuse }: Found): void {
  const { exact, tolerant, update, golden, report, out, model } = values;
  if (exact && tolerant) refuse('--exact and --tolerant: expected one of them');
  if (update && golden === undefined) refuse('--update: expected --golden FILE');
  if (report === undefined && model.length > 1) {
    refuse('--model: expected one without --report, found several');
  }
  if (model.length > 2) refuse('--model: expected at most two');
  if (report !== undefined && (golden ?? out) !== undefined) {
    refuse('--report: expected neither --golden nor --out beside it');
  }
}

function readRemap(rule: string): readonly [string, string] | undefined {
  const at = rule.indexOf(':=');
  return at > 0 && at < rule.length - 2 ? [rule.slice(0, at), rule.slice(at + 2)] : undefined;
}
