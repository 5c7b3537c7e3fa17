import type { InstructionCount } from '../../sim/tasks/DatasetKind.ts';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { LoopSettings } from '../../lab/LoopSettings.ts';
import { parseEvalArguments } from '../eval/evalArguments.ts';

export const CORRECTIONS_USAGE = `usage: st4vla corrections --out DIR [options]

Training data for a model that can act already: it acts in training scenes, and the scripted expert
says at every tick what to do from there. The folder has the format of \`st4vla data episodes\`.
An interrupted run goes on where it stopped.

  --out DIR      where the data goes
  --robot NAME   widowx (default) or google_robot
  --model DIR    model package, the robot's own unless told otherwise
  --count N      episodes, 200 unless told otherwise
  --seed S       which scenes, 2 unless told otherwise; 0 to 9, as for \`st4vla data\`
  --tasks A,B    only scenes of these tasks of the benchmark; otherwise all that training has
  --instructions 2   scenes in which a second instruction follows on the first, without --tasks
  --workers W    processes; the data does not depend on it
`;

export type CorrectionArguments = {
  readonly out: string;
  readonly count: number;
  readonly seed: number;
  readonly instructions: InstructionCount;
  readonly workers: number;
  /** None: scenes of all kinds. */
  readonly tasks: readonly string[];
  readonly settings: LoopSettings;
};

export type ParsedCorrectionArguments =
  | { readonly kind: 'run'; readonly arguments: CorrectionArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  out: { type: 'string' },
  robot: { type: 'string' },
  model: { type: 'string' },
  count: { type: 'string', default: '200' },
  seed: { type: 'string', default: '2' },
  tasks: { type: 'string' },
  instructions: { type: 'string', default: '1' },
  workers: { type: 'string', default: String(availableParallelism()) },
} as const;

/** Reads the command line; all faults at once. */
export function parseCorrectionArguments(args: readonly string[]): ParsedCorrectionArguments {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: OPTIONS, strict: true }));
  } catch (error) {
    return { kind: 'faults', faults: [error instanceof Error ? error.message : String(error)] };
  }
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  const integer = (
    name: 'count' | 'seed' | 'instructions' | 'workers',
    min: number,
    max: number,
  ): number => {
    const value = Number(values[name]);
    if (values[name].trim() === '' || !Number.isInteger(value) || value < min || value > max)
      faults.push(`--${name}: expected an integer in ${min}…${max}, found "${values[name]}"`);
    return value;
  };
  const numbers = {
    count: integer('count', 1, 100_000),
    seed: integer('seed', 0, 9),
    instructions: integer('instructions', 1, 2) as InstructionCount,
    workers: integer('workers', 1, 64),
  };
  if (!values.out) faults.push('--out: expected a folder, found nothing');
  const { robot, model, tasks } = values;
  if (numbers.instructions === 2 && tasks !== undefined)
    faults.push('--tasks: expected nothing with --instructions 2, whose scenes are of no task');
  const acting = parseEvalArguments([
    ...(robot === undefined ? [] : ['--robot', robot]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(tasks === undefined ? [] : ['--tasks', tasks]),
  ]);
  if (acting.kind === 'faults') faults.push(...acting.faults);
  if (faults.length > 0 || acting.kind !== 'run' || !values.out) return { kind: 'faults', faults };
  const { settings, plan } = acting.arguments;
  const only = tasks === undefined ? [] : plan.tasks;
  return { kind: 'run', arguments: { out: values.out, ...numbers, tasks: only, settings } };
}
