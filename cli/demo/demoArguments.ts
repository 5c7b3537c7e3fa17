import { parseArgs } from 'node:util';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';
import { taskNamesOf } from '../../sim/arms/simArms.ts';
import { modelFolder } from '../../adapters/files/packageFiles.ts';

export const DEMO_USAGE = `usage: st4vla demo [options]

Starts the ROS 2 nodes and lets the arm do one episode of each task. Ends with 0 when at least
three of four episodes succeeded.

  --robot NAME   widowx (default) or google_robot
  --seed N       where the objects lie, from ${FIRST_EVALUATION_SEED} on never trained on; ${FIRST_EVALUATION_SEED} unless told otherwise
  --tasks A,B    only these tasks
  --model DIR    model package, the robot's own unless told otherwise
  --out DIR      where the report page goes, runs/demo unless told otherwise
`;

export type DemoArguments = {
  readonly embodiment: Embodiment;
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
  robot: { type: 'string', default: 'widowx' },
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
  const embodiment = EMBODIMENTS.find(({ name }) => name === values.robot);
  if (embodiment === undefined) {
    const known = EMBODIMENTS.map(({ name }) => name).join(' or ');
    faults.push(`--robot: expected ${known}, found "${values.robot}"`);
    return { kind: 'faults', faults };
  }
  const known = taskNamesOf(embodiment);
  const tasks = values.tasks?.split(',').map((name) => name.trim()) ?? known;
  for (const name of tasks.filter((task) => !known.includes(task))) {
    faults.push(`--tasks: expected some of ${known.join(', ')}, found "${name}"`);
  }
  if (faults.length > 0) return { kind: 'faults', faults };
  return {
    kind: 'run',
    arguments: {
      embodiment,
      seed: BigInt(seed),
      tasks,
      model: modelFolder(values.model, embodiment.name),
      outFolder: values.out ?? 'runs/demo',
    },
  };
}
