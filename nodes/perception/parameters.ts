import { MAX_JOINT_SKEW_SEC } from '../../core/execution/pipelineDefaults.ts';
import { PICTURE_LIMITS } from '../../adapters/image/pictureLimits.ts';
import { defineParameters } from '../../core/config/ParameterTable.ts';
import { modelParameter, robotParameter } from '../shared/parameters/commonParameters.ts';

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
  max_image_side: {
    type: 'integer',
    default: PICTURE_LIMITS.maxSide,
    min: 1,
    max: 65_535,
    unit: 'px',
    readOnly: true,
    description: 'Maximum width and height of a picture; a larger one is dropped undecoded.',
  },
  max_image_pixels: {
    type: 'integer',
    default: PICTURE_LIMITS.maxPixels,
    min: 1,
    max: 1_000_000_000,
    unit: 'px',
    readOnly: true,
    description:
      'Maximum number of pixels of a picture; a larger one is dropped undecoded. The default suits cameras of 20 ' +
      'megapixels; each 10 megapixels take some 0.1 s.',
  },
  max_rate: {
    type: 'double',
    default: 0,
    min: 0,
    max: 1000,
    unit: 'Hz',
    description: 'Maximum rate of observations; 0 for one with every primary image.',
  },
  max_joint_skew: {
    type: 'double',
    default: MAX_JOINT_SKEW_SEC,
    min: 0,
    max: 10,
    unit: 's',
    readOnly: true,
    description: 'Maximum time between the primary image and its joint state.',
  },
  max_view_skew: {
    type: 'double',
    default: MAX_JOINT_SKEW_SEC,
    min: 0,
    max: 10,
    unit: 's',
    readOnly: true,
    description: 'Maximum time between the primary image and that of another camera.',
  },
});
