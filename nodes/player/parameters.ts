import { defineParameters } from '../../core/config/ParameterTable.ts';

export const playerParameters = defineParameters({
  bag: {
    type: 'string',
    minLength: 1,
    readOnly: true,
    description: 'The bag: a folder, .mcap or .db3.',
  },
  prefix: {
    type: 'string',
    default: '/replay',
    readOnly: true,
    description:
      'Namespace that is put before the topics of the bag, so that a replay moves nothing; empty for ' +
      'the names as they were recorded.',
  },
  onto_live_arm: {
    type: 'bool',
    default: false,
    readOnly: true,
    description:
      'Play although another node publishes the same topics, or listens to commands beside them: an ' +
      'arm may then follow what a controller makes of the bag.',
  },
  rate: {
    type: 'double',
    default: 1,
    min: 0.01,
    max: 100,
    description: 'Seconds of the bag per second.',
  },
  start_paused: {
    type: 'bool',
    default: false,
    readOnly: true,
    description: 'Wait for `~/resume` or `~/step`.',
  },
  start: {
    type: 'double',
    default: 0,
    min: 0,
    unit: 's',
    readOnly: true,
    description: 'Where to begin, from the beginning of the bag.',
  },
  end_launch: {
    type: 'bool',
    default: false,
    readOnly: true,
    description:
      'At its end, and where it refuses to play, interrupt the process that started it: a launch, which ' +
      'then ends all nodes.',
  },
  loop: {
    type: 'bool',
    default: false,
    readOnly: true,
    description: 'Begin again at the end of the bag; by default the process ends there.',
  },
  step: {
    type: 'double',
    default: 0.2,
    min: 0.001,
    max: 60,
    unit: 's',
    description: 'Time of the bag that `~/step` plays.',
  },
  wait: {
    type: 'double',
    default: 60,
    min: 0,
    max: 3600,
    unit: 's',
    readOnly: true,
    description: 'Maximum wait, at the beginning, until every topic has a subscriber.',
  },
  in_step: {
    type: 'bool',
    default: false,
    readOnly: true,
    description:
      'Time stands still until perception, policy and controller have answered each frame and each ' +
      'control period, so the commands are those of the replay in virtual time.',
  },
  primary_topic: {
    type: 'string',
    default: '',
    readOnly: true,
    description:
      "With `in_step`: the topic of the model's first view; needed if several cameras are played.",
  },
  answer_wait: {
    type: 'double',
    default: 60,
    min: 0.1,
    max: 36_000,
    unit: 's',
    readOnly: true,
    description: 'With `in_step`: maximum wait for the policy to answer one frame.',
  },
  topics: {
    type: 'string',
    default: '',
    readOnly: true,
    description:
      'The topics that are played, separated by commas; empty for all but those that the nodes ' +
      'themselves publish (observation, plan, action_chunk, epoch, execution_state, commands …) and ' +
      '/clock.',
  },
});
