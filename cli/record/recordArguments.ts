import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../setup/paths.mjs';

export const RECORD_USAGE = `usage: st4vla record [options] [--ros-args ...]

Records what goes through the pipeline to bags that rosbag2, Foxglove and st4vla replay read, a folder
for each episode, until Ctrl-C.

  --out DIR          where the folders go, recordings unless told otherwise
  --mode MODE        instruction (default): an episode with every instruction;
                     always: one from now on; manual: by the service ~/start_episode;
                     snapshot: the last seconds on a fault, or by the service ~/snapshot
  --images KIND      as_sent (default) or jpeg
  --topics LIST      more topics: 'topic type, topic type'
  --split-size MIB   an episode goes on in another file after this much
  --seconds SEC      of --mode snapshot, 30 unless told otherwise
  --robot NAME       widowx (default): cameras as in config/NAME.yaml
  --params-file FILE parameters of the recorder instead of config/NAME.yaml
  --namespace NS     of the arm
  --sim-time         follow /clock
`;

export type ParsedRecord =
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly fault: string }
  /** Arguments of the recorder node. */
  | { readonly kind: 'run'; readonly rosArguments: readonly string[] };

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  out: { type: 'string', default: 'recordings' },
  mode: { type: 'string' },
  images: { type: 'string' },
  topics: { type: 'string' },
  'split-size': { type: 'string' },
  seconds: { type: 'string' },
  robot: { type: 'string', default: 'widowx' },
  'params-file': { type: 'string' },
  namespace: { type: 'string' },
  'sim-time': { type: 'boolean' },
} as const;

/** The parameter of the node that an option sets; the node checks the values. */
const PARAMETERS = {
  mode: 'mode',
  images: 'images',
  topics: 'extra_topics',
  'split-size': 'split_size',
  seconds: 'snapshot_duration',
} as const;

export function parseRecordArguments(args: readonly string[]): ParsedRecord {
  const at = args.indexOf('--ros-args');
  const own = at < 0 ? args : args.slice(0, at);
  const more = at < 0 ? [] : args.slice(at + 1);
  let values;
  try {
    ({ values } = parseArgs({ args: [...own], options: OPTIONS, strict: true }));
  } catch (error) {
    return { kind: 'fault', fault: (error as Error).message };
  }
  if (values.help) return { kind: 'help' };
  const file = values['params-file'];
  const parameters = file ? resolve(file) : join(packageRoot, 'config', `${values.robot}.yaml`);
  const rosArguments = [
    '--params-file',
    parameters,
    '-p',
    `folder:=${quoted(resolve(values.out))}`,
    '-p',
    `robot:=${values.robot}`,
  ];
  for (const [option, parameter] of Object.entries(PARAMETERS)) {
    const value = values[option as keyof typeof PARAMETERS];
    if (value === undefined) continue;
    const text = option === 'seconds' && /^\d+$/.test(value) ? `${value}.0` : value;
    rosArguments.push('-p', `${parameter}:=${option === 'topics' ? quoted(value) : text}`);
  }
  if (values.namespace) rosArguments.push('-r', `__ns:=/${values.namespace.replace(/^\//, '')}`);
  if (values['sim-time']) rosArguments.push('-p', 'use_sim_time:=true');
  return { kind: 'run', rosArguments: [...rosArguments, ...more] };
}

/** YAML reads parameters: a text must not become anything else. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
