import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { defineParameters } from '../../core/config/ParameterTable.ts';

export const recorderParameters = defineParameters({
  folder: {
    type: 'string',
    default: 'recordings',
    minLength: 1,
    readOnly: true,
    description: 'Holds a folder for each episode; relative to the working directory.',
  },
  robot: {
    type: 'string',
    default: 'none',
    oneOf: ['none', ...EMBODIMENTS.map(({ name }) => name)],
    readOnly: true,
    description:
      'The arm, for the commands that have a topic for each joint (Gazebo); `none`: without them.',
  },
  mode: {
    type: 'string',
    default: 'instruction',
    oneOf: ['instruction', 'always', 'manual', 'snapshot'],
    readOnly: true,
    description:
      'When an episode begins: with every instruction, at once, by service, or never: then the ' +
      'last seconds are written on a fault of the controller or by service.',
  },
  'cameras.topics': {
    type: 'string[]',
    rosName: 'topic',
    minLength: 1,
    maxLength: 16,
    readOnly: true,
    description: 'Topics of the cameras.',
  },
  'cameras.transports': {
    type: 'string[]',
    oneOf: ['raw', 'compressed'],
    minLength: 1,
    maxLength: 16,
    readOnly: true,
    description: 'Per camera: `raw` (sensor_msgs/Image) or `compressed` (CompressedImage).',
  },
  images: {
    type: 'string',
    default: 'as_sent',
    oneOf: ['as_sent', 'jpeg'],
    readOnly: true,
    description:
      'Raw images as they are (a replay then sees the very same pixels), or as JPEG on the topic ' +
      'with `/compressed` behind it, about a twentieth of the size.',
  },
  jpeg_quality: {
    type: 'integer',
    default: 90,
    min: 1,
    max: 100,
    readOnly: true,
    description: 'Of `images: jpeg`.',
  },
  observations: {
    type: 'bool',
    default: false,
    readOnly: true,
    description: 'Record also what perception makes of images and joint states.',
  },
  extra_topics: {
    type: 'string',
    default: '',
    readOnly: true,
    description:
      'More topics, as `topic type` separated by commas: `/tf_static tf2_msgs/msg/TFMessage`. ' +
      'Those that end in `_static` are latched.',
  },
  split_size: {
    type: 'integer',
    default: 0,
    min: 0,
    unit: 'MiB',
    readOnly: true,
    description: 'An episode goes on in another file after this much; 0 for one file.',
  },
  split_duration: {
    type: 'double',
    default: 0,
    min: 0,
    unit: 's',
    readOnly: true,
    description: 'An episode goes on in another file after this time; 0 for one file.',
  },
  snapshot_duration: {
    type: 'double',
    default: 30,
    min: 0.1,
    max: 3600,
    unit: 's',
    readOnly: true,
    description: 'With `mode: snapshot`, how much of the past is kept in memory.',
  },
  memory: {
    type: 'integer',
    default: 256,
    min: 1,
    unit: 'MiB',
    readOnly: true,
    description:
      'Most memory for messages that wait for the disk, and for a snapshot; beyond it, messages ' +
      'are left out and counted, or the snapshot is shorter.',
  },
});
