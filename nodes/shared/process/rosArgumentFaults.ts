import { type Fault, showValue } from '../../../core/config/Fault.ts';
import { expectedName, isRosName, type RosNameKind } from '../../../core/config/rosNames.ts';

const KINDS: Readonly<Record<string, RosNameKind>> = {
  __ns: 'namespace',
  __node: 'node',
  __name: 'node',
};

/** `[node:]from:=to`, of which `from` may say that it is a topic or a service. */
const REMAP = /^(?:(\w+):)?((?:rostopic:\/\/|rosservice:\/\/)?[^:]+):=(.*)$/;

/**
 * Names in the remappings after `--ros-args` that ROS 2 refuses: it would tell of lexemes and indices.
 * All else in the arguments is left to rcl.
 */
export function rosArgumentFaults(argv: readonly string[]): Fault[] {
  const start = argv.indexOf('--ros-args');
  if (start < 0) return [];
  return argv.slice(start).flatMap((argument, i, all) => {
    if (!['-r', '--remap'].includes(all[i - 1] ?? '')) return [];
    const [, , from = '', to = ''] = REMAP.exec(argument) ?? [];
    if (from === '') return [];
    const kind = KINDS[from] ?? 'topic';
    const name = to.replace(/^(rostopic|rosservice):\/\//, '');
    if (isRosName(kind, name) && (from !== '__ns' || name.startsWith('/'))) return [];
    const expected = `${from === '__ns' ? 'an absolute one: ' : ''}${expectedName(kind)}`;
    return [{ source: 'arguments', field: `-r ${from}`, expected, found: showValue(to) }];
  });
}
