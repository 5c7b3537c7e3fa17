import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { choice, type Option, text } from './Option.ts';

/** Names of the arms that ship with this package. */
export const ROBOTS = EMBODIMENTS.map(({ name }) => name);

export const robotOption = choice(ROBOTS, { help: 'the arm', default: 'widowx' });

export const namespaceOption: Option<string> = text({
  help: 'namespace of the arm, such as wx250s; none by default',
  placeholder: 'NS',
  default: '',
  mayBeEmpty: true,
});

/** Without slashes at its ends. */
export function trimmedNamespace(namespace: string): string {
  return namespace.replace(/^\/+|\/+$/g, '');
}

/** A parameter as YAML: a text stays one, whatever it looks like. */
export function quotedParameter(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A double as ROS reads it: without a point, it would be an integer. */
export function doubleParameter(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A fault for each of the words that is unknown. */
export function refuseUnknown(
  option: string,
  words: readonly string[],
  known: readonly string[],
  refuse: (fault: string) => void,
): void {
  for (const word of words.filter((one) => !known.includes(one))) {
    refuse(`--${option}: expected some of ${known.join(', ')}, found "${word}"`);
  }
}
