import { defineParameters } from '../../core/config/ParameterTable.ts';
import { modelParameter, robotParameter } from '../shared/commonParameters.ts';

export const perceptionParameters = defineParameters({
  robot: robotParameter,
  model: modelParameter,
  'cameras.names': {
    type: 'string[]',
    minLength: 1,
    maxLength: 16,
    readOnly: true,
    description: 'The cameras by the names of the views that the model reads.',
  },
  'cameras.topics': {
    type: 'string[]',
    rosName: 'topic',
    minLength: 1,
    maxLength: 16,
    readOnly: true,
    description: 'Topic of each camera, in the order of `cameras.names`.',
  },
  'cameras.transports': {
    type: 'string[]',
    oneOf: ['raw', 'compressed'],
    minLength: 1,
    maxLength: 16,
    readOnly: true,
    description: 'Per camera: `raw` (sensor_msgs/Image) or `compressed` (CompressedImage).',
  },
  max_rate: {
    type: 'double',
    default: 0,
    min: 0,
    max: 1000,
    unit: 'Hz',
    description: 'Most observations per second; 0 for one with every primary image.',
  },
  max_joint_skew: {
    type: 'double',
    default: 0.05,
    min: 0,
    max: 10,
    unit: 's',
    readOnly: true,
    description: 'Furthest that the joint state may be from the primary image in time.',
  },
  max_view_skew: {
    type: 'double',
    default: 0.05,
    min: 0,
    max: 10,
    unit: 's',
    readOnly: true,
    description: 'Furthest that another camera may be from the primary image in time.',
  },
});
