import { parseArgs } from 'node:util';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';
import { WIDOWX_TASK_NAMES } from '../../sim/tasks/tasks.ts';
import { modelFolder } from '../packagePaths.ts';

export const DEMO_USAGE = `usage: st4vla demo [options]

Starts the ROS 2 nodes and lets the arm do one episode of each task. Ends with 0 when at least
three of four episodes succeeded.

  --seed N       where the objects lie, from ${FIRST_EVALUATION_SEED} on never trained on; ${FIRST_EVALUATION_SEED} unless told otherwise
  --tasks A,B    only these tasks
  --model DIR    model package, the robot's own unless told otherwise
  --out DIR      where the report page goes, runs/demo unless told otherwise
`;

export type DemoArguments = {
  readonly seed: bigint;
  readonly tasks: readonly string[];
  readonly model: string;
  readonly outFolder: string;
};

export type ParsedDemoArguments =
  | { readonly kind: 'run'; readonly arguments: DemoArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  seed: { type: 'string' },
  tasks: { type: 'string' },
  model: { type: 'string' },
  out: { type: 'string' },
} as const;

/** Reads the command line; all faults at once. */
export function parseDemoArguments(args: readonly string[]): ParsedDemoArguments {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: OPTIONS, strict: true }));
  } catch (error) {
    return { kind: 'faults', faults: [error instanceof Error ? error.message : String(error)] };
  }
  if (values.help) return { kind: 'help' };
  const faults: string[] = [];
  const seed = values.seed ?? String(FIRST_EVALUATION_SEED);
  if (!/^\d{1,15}$/.test(seed)) faults.push(`--seed: expected a whole number, found "${seed}"`);
  const tasks = values.tasks?.split(',').map((name) => name.trim()) ?? WIDOWX_TASK_NAMES;
  for (const name of tasks.filter((task) => !WIDOWX_TASK_NAMES.includes(task))) {
    faults.push(`--tasks: expected some of ${WIDOWX_TASK_NAMES.join(', ')}, found "${name}"`);
  }
  if (faults.length > 0) return { kind: 'faults', faults };
  return {
    kind: 'run',
    arguments: {
      seed: BigInt(seed),
      tasks,
      model: modelFolder(values.model, 'widowx'),
      outFolder: values.out ?? 'runs/demo',
    },
  };
}
