import { showValue } from '../../core/config/Fault.ts';
import { expectedName, isRosName, type RosNameKind } from '../../core/config/rosNames.ts';
import { LaunchError, type Place } from './LaunchError.ts';

/** @throws LaunchError for a namespace that no node takes; empty is none, a slash at its end is let pass */
export function requireNamespace(namespace: string, place: Place): void {
  const bare = namespace.replace(/(?<=.)\/+$/, '');
  if (bare !== '') requireName('namespace', 'namespace', bare, place);
}

/** @throws LaunchError for a name that no node can have */
export function requireNodeName(name: string, place: Place): void {
  requireName('node', 'name', name, place);
}

/** Of a remapping; `rostopic://` and `rosservice://` may say what is meant. */
export function requireTopicName(name: string, place: Place): void {
  requireName('topic', 'remap', name.replace(/^(rostopic|rosservice):\/\//, ''), place);
}

function requireName(kind: RosNameKind, attribute: string, found: string, place: Place): void {
  if (isRosName(kind, found)) return;
  const problem = `"${attribute}": expected ${expectedName(kind)}, found ${showValue(found)}`;
  throw new LaunchError(place, problem);
}
