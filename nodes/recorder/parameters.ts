import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { defineParameters } from '../../core/config/ParameterTable.ts';

export const recorderParameters = defineParameters({
  folder: {
    type: 'string',
    default: 'recordings',
    minLength: 1,
    readOnly: true,
    description: 'Folder that gets a folder for each episode; relative to the working directory.',
  },
  robot: {
    type: 'string',
    default: 'none',
    oneOf: ['none', ...EMBODIMENTS.map(({ name }) => name)],
    readOnly: true,
    description:
      'The arm, for the commands that have a topic for each joint (Gazebo); `none` leaves them out.',
  },
  mode: {
    type: 'string',
    default: 'instruction',
    oneOf: ['instruction', 'always', 'manual', 'snapshot'],
    readOnly: true,
    description:
      'When an episode begins: with every instruction, at once, by service, or never; `snapshot` ' +
      'writes the last seconds on a fault of the controller or by service.',
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
      'How raw images are recorded: as they are (a replay then has the very same pixels), or as JPEG ' +
      'on the topic with `/compressed` behind it, about a twentieth of the size.',
  },
  jpeg_quality: {
    type: 'integer',
    default: 90,
    min: 1,
    max: 100,
    readOnly: true,
    description: 'Quality with `images: jpeg`.',
  },
  observations: {
    type: 'bool',
    default: false,
    readOnly: true,
    description: 'Record the observations of perception, too.',
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
    description: 'An episode continues in another file after this size; 0 for one file.',
  },
  split_duration: {
    type: 'double',
    default: 0,
    min: 0,
    unit: 's',
    readOnly: true,
    description: 'An episode continues in another file after this time; 0 for one file.',
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
      'Maximum memory for messages that wait for the disk, and for a snapshot; beyond it, messages ' +
      'are left out and counted, or the snapshot is shorter.',
  },
});
