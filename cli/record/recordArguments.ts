import { join, resolve } from 'node:path';
import { recorderParameters } from '../../nodes/recorder/parameters.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { defineCommand } from '../arguments/Command.ts';
import { choice, file, flag, folder, integer, seconds, text } from '../arguments/Option.ts';
import {
  doubleParameter,
  namespaceOption,
  quotedParameter,
  robotOption,
  trimmedNamespace,
} from '../arguments/shared.ts';

const modes = {
  instruction: 'an episode with every instruction',
  always: 'one episode from now on',
  manual: 'by the service ~/start_episode',
  snapshot: 'the last seconds, on a fault or by the service ~/snapshot',
};

const snapshot = recorderParameters.snapshot_duration;

/** Its arguments are those of the recorder node. */
export const command = defineCommand({
  name: 'record',
  about:
    'Records what goes through the pipeline to bags that rosbag2, Foxglove and st4vla replay ' +
    'read, a folder for each episode, until Ctrl-C.',
  passesOn: { from: '--ros-args', usage: '[--ros-args ...]' },
  options: {
    out: folder({ help: 'where the folders go', default: 'recordings' }),
    mode: choice(modes, {
      help: 'when an episode begins',
      placeholder: 'MODE',
      defaultText: 'instruction',
    }),
    images: choice(['as_sent', 'jpeg'], {
      help: 'how pictures are stored',
      placeholder: 'KIND',
      defaultText: 'as_sent',
    }),
    topics: text({
      help: "more topics: 'topic type, topic type'",
      placeholder: 'LIST',
      expected: 'topics with their types',
    }),
    'split-size': integer({
      help: 'an episode continues in another file after this many MiB',
      placeholder: 'MIB',
      min: 0,
    }),
    seconds: seconds({
      help: 'length of a snapshot',
      min: snapshot.min,
      max: snapshot.max,
      defaultText: String(snapshot.default),
    }),
    robot: { ...robotOption, help: 'the arm, whose cameras are those of config/NAME.yaml' },
    'params-file': file({
      help: 'parameters of the recorder',
      defaultText: 'config/NAME.yaml of the robot',
    }),
    namespace: namespaceOption,
    'sim-time': flag('follow /clock'),
  },
  build(values, { passedOn }): readonly string[] {
    const { out, mode, images, topics, robot } = values;
    const parameterFile = values['params-file'];
    const snapshotSec = values.seconds;
    const splitSize = values['split-size'];
    const namespace = trimmedNamespace(values.namespace);
    const parameters = [
      `folder:=${quotedParameter(resolve(out))}`,
      `robot:=${robot}`,
      ...(mode === undefined ? [] : [`mode:=${mode}`]),
      ...(images === undefined ? [] : [`images:=${images}`]),
      ...(topics === undefined ? [] : [`extra_topics:=${quotedParameter(topics)}`]),
      ...(splitSize === undefined ? [] : [`split_size:=${splitSize}`]),
      ...(snapshotSec === undefined ? [] : [`snapshot_duration:=${doubleParameter(snapshotSec)}`]),
    ];
    return [
      '--params-file',
      parameterFile === undefined
        ? join(packageRoot, 'config', `${robot}.yaml`)
        : resolve(parameterFile),
      ...parameters.flatMap((parameter) => ['-p', parameter]),
      ...(namespace === '' ? [] : ['-r', `__ns:=/${namespace}`]),
      ...(values['sim-time'] ? ['-p', 'use_sim_time:=true'] : []),
      ...passedOn,
    ];
  },
});
