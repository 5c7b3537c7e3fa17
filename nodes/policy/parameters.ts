import { MAX_PLAN_AGE_SEC } from '../../core/execution/pipelineDefaults.ts';
import { defineParameters } from '../../core/config/ParameterTable.ts';
import { EXECUTION_PROVIDERS } from '../../adapters/onnx/executionProviders.ts';
import { ANSWER_KINDS } from '../../core/plan/AnswerKind.ts';
import { modelParameter, robotParameter } from '../shared/parameters/commonParameters.ts';

function providerOf(subsystem: string) {
  return {
    type: 'string',
    default: 'same',
    oneOf: ['same', ...EXECUTION_PROVIDERS],
    readOnly: true,
    description: `What computes the ${subsystem}, where not the same as \`execution_provider\`.`,
  } as const;
}

export const policyParameters = defineParameters({
  robot: robotParameter,
  model: modelParameter,
  policy_url: {
    type: 'string',
    default: '',
    readOnly: true,
    description:
      'Address of the policy server, ws:// or wss://, in place of the one in the manifest of a model ' +
      'that runs elsewhere.',
  },
  isolation: {
    type: 'string',
    default: 'process',
    oneOf: ['process', 'thread'],
    readOnly: true,
    description:
      'Where each network of the model runs: in a process, which can be ended in the middle of a run, ' +
      'or in a thread, which saves some tenths of a millisecond a run.',
  },
  execution_provider: {
    type: 'string',
    default: 'cpu',
    oneOf: EXECUTION_PROVIDERS,
    readOnly: true,
    description:
      'The execution provider of ONNX Runtime; if it is absent, cuda for tensorrt, or the CPU.',
  },
  lock_step: {
    type: 'bool',
    default: false,
    readOnly: true,
    description: 'Run planner and expert one after the other on the same observation.',
  },
  'planner.period': {
    type: 'double',
    default: 0,
    min: 0,
    max: 60,
    unit: 's',
    readOnly: true,
    description: 'Minimum time between two starts of the planner; 0 for as often as it can.',
  },
  'planner.threads': {
    type: 'integer',
    default: 1,
    min: 1,
    max: 256,
    readOnly: true,
    description: 'Threads that a run of the planner uses.',
  },
  'planner.execution_provider': providerOf('planner'),
  'expert.period_ticks': {
    type: 'double',
    default: 1,
    min: 0,
    max: 256,
    unit: 'ticks',
    readOnly: true,
    description:
      'The expert runs once in this many policy periods, on the first observation in each; 0 for on ' +
      'every observation.',
  },
  'expert.threads': {
    type: 'integer',
    default: 1,
    min: 1,
    max: 256,
    readOnly: true,
    description: 'Threads that a run of the expert uses.',
  },
  'expert.execution_provider': providerOf('expert'),
  'expert.noise_seed': {
    type: 'integer',
    default: 0,
    min: 0,
    readOnly: true,
    description: 'Seed of the noise that denoising starts from.',
  },
  decode_every: {
    type: 'integer',
    default: 0,
    min: 0,
    readOnly: true,
    description:
      'A planner that answers in words is asked about the scene once in this many plans; 0 for never.',
  },
  decode_kinds: {
    type: 'string[]',
    default: ['boxes'],
    oneOf: ANSWER_KINDS,
    minLength: 1,
    maxLength: 3,
    readOnly: true,
    description: 'The answers that it is then asked for, one after another.',
  },
  max_plan_age: {
    type: 'double',
    default: MAX_PLAN_AGE_SEC,
    min: 0.1,
    max: 600,
    unit: 's',
    readOnly: true,
    description: 'The expert does not act on a plan that is this much older than its observation.',
  },
  max_observation_age: {
    type: 'double',
    default: 0.5,
    min: 0.01,
    max: 60,
    unit: 's',
    readOnly: true,
    description: 'Observations that are older than this on arrival are left out.',
  },
});
