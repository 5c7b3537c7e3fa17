import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const OPTIONS = {
  ros: { type: 'boolean' },
  rate: { type: 'string' },
  start: { type: 'string' },
  'start-paused': { type: 'boolean' },
  loop: { type: 'boolean' },
  topics: { type: 'string' },
  'in-step': { type: 'boolean' },
  primary: { type: 'string' },
  prefix: { type: 'string', default: '/replay' },
  'onto-live-arm': { type: 'boolean' },
} as const;

export type ParsedPlay =
  | { readonly kind: 'fault'; readonly fault: string }
  /** Arguments of the player node, which checks the values. */
  | { readonly kind: 'run'; readonly rosArguments: readonly string[] };

/** Of `st4vla replay BAG --ros …`. */
export function parsePlayArguments(args: readonly string[]): ParsedPlay {
  const at = args.indexOf('--ros-args');
  const own = at < 0 ? args : args.slice(0, at);
  const more = at < 0 ? [] : args.slice(at + 1);
  let parsed;
  try {
    parsed = parseArgs({ args: [...own], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { kind: 'fault', fault: (error as Error).message };
  }
  const { values, positionals } = parsed;
  const [bag] = positionals;
  if (bag === undefined || positionals.length > 1) {
    return { kind: 'fault', fault: `expected one bag, found ${positionals.length}` };
  }
  const parameters = [`bag:=${quoted(resolve(bag))}`];
  // A double without a point would be an integer to ROS.
  if (values.rate !== undefined) parameters.push(`rate:=${decimal(values.rate)}`);
  if (values.start !== undefined) parameters.push(`start:=${decimal(values.start)}`);
  if (values['start-paused']) parameters.push('start_paused:=true');
  if (values.loop) parameters.push('loop:=true');
  if (values.topics !== undefined) parameters.push(`topics:=${quoted(values.topics)}`);
  if (values['in-step']) parameters.push('in_step:=true');
  if (values.primary !== undefined) parameters.push(`primary_topic:=${quoted(values.primary)}`);
  if (values['onto-live-arm']) parameters.push('onto_live_arm:=true');
  const { prefix } = values;
  parameters.push(`prefix:=${quoted(prefix)}`);
  // Of two rules for a name the first one counts: one that is given goes before ours.
  const names = prefix === '' ? [] : [`__ns:=${prefix}`, `/clock:=${prefix}/clock`];
  const rosArguments = parameters.flatMap((parameter) => ['-p', parameter]);
  const remaps = names.flatMap((rule) => ['-r', rule]);
  return { kind: 'run', rosArguments: [...rosArguments, ...more, ...remaps] };
}

function decimal(text: string): string {
  return /^\d+$/.test(text) ? `${text}.0` : text;
}

/** YAML reads parameters: a text must not become anything else. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
