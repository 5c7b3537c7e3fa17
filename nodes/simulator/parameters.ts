import { defineParameters } from '../../core/config/ParameterTable.ts';
import { robotParameter } from '../shared/parameters/commonParameters.ts';

export const simulatorParameters = defineParameters({
  robot: robotParameter,
  task: {
    type: 'string',
    default: 'first',
    readOnly: true,
    description:
      "The task that the world starts with, `first` for the robot's first one; `reset_episode` changes it.",
  },
  seed: {
    type: 'integer',
    default: 1_000_000,
    min: 0,
    readOnly: true,
    description:
      'Seed of the places of the objects in the first episode; training uses none from 1000000 on.',
  },
  real_time_factor: {
    type: 'double',
    default: 1,
    min: 0.01,
    max: 10,
    readOnly: true,
    description: 'Simulated seconds per second.',
  },
  publish_clock: {
    type: 'bool',
    default: false,
    readOnly: true,
    description:
      'Publish the simulated time on /clock and stamp messages with it; the other nodes then need ' +
      'use_sim_time. By default messages carry the time of the system.',
  },
  image_rate: {
    type: 'double',
    default: 30,
    min: 0.1,
    max: 50,
    unit: 'Hz',
    readOnly: true,
    description: 'Camera images per simulated second.',
  },
});
