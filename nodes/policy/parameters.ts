import { defineParameters } from '../../core/config/ParameterTable.ts';
import { modelParameter, robotParameter } from '../shared/commonParameters.ts';

export const policyParameters = defineParameters({
  robot: robotParameter,
  model: modelParameter,
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
    description: 'Shortest time between two starts of the planner; 0 for as often as it can.',
  },
  'planner.threads': {
    type: 'integer',
    default: 1,
    min: 1,
    max: 256,
    readOnly: true,
    description: 'Threads that a run of the planner uses.',
  },
  'expert.period_ticks': {
    type: 'double',
    default: 1,
    min: 0,
    max: 256,
    unit: 'ticks',
    readOnly: true,
    description:
      'The expert runs once in so many policy periods, on the first observation in each; 0 for on ' +
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
  'expert.noise_seed': {
    type: 'integer',
    default: 0,
    min: 0,
    readOnly: true,
    description: 'Seed of the noise that denoising starts from.',
  },
  max_plan_age: {
    type: 'double',
    default: 3,
    min: 0.1,
    max: 600,
    unit: 's',
    readOnly: true,
    description: 'The expert does not act on a plan that is this much older than what it sees.',
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
