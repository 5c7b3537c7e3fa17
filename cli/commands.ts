import type { Command } from './arguments/Command.ts';
import type { CommandTable } from './arguments/CommandTable.ts';
import { type Run, runCommand } from './arguments/runCommand.ts';

type CommandModule<Arguments> = { readonly command: Command<Arguments> };

export type Entry = {
  /** Of the list of subcommands. */
  readonly summary: string;
  table(): Promise<CommandTable>;
  run(args: readonly string[]): Promise<number>;
};

/**
 * @param load the table of the command, which needs no ROS 2
 * @param loadRun the rest of it; by default in the same module
 */
function entry<Arguments>(
  summary: string,
  load: () => Promise<CommandModule<Arguments>>,
  loadRun: () => Promise<{ readonly run: Run<Arguments> }>,
): Entry {
  return {
    summary,
    table: async () => (await load()).command.table,
    run: async (args) => runCommand((await load()).command, loadRun, args),
  };
}

/** An entry whose table and run stand in one module. */
function small<Arguments>(
  summary: string,
  load: () => Promise<CommandModule<Arguments> & { readonly run: Run<Arguments> }>,
): Entry {
  return entry(summary, load, load);
}

/** All subcommands, in the order of the help. */
export const commands: Readonly<Record<string, Entry>> = {
  demo: entry(
    'one episode of each task over ROS 2, with a report page',
    () => import('./demo/demoArguments.ts'),
    () => import('./demo/main.ts'),
  ),
  launch: small(
    'run a launch file of this package without `ros2 launch`',
    () => import('./launch.ts'),
  ),
  eval: entry(
    'success rate over tasks and seeds, in one process and virtual time',
    () => import('./eval/evalArguments.ts'),
    () => import('./eval/main.ts'),
  ),
  bench: entry(
    'rates, latencies and jitter on this machine',
    () => import('./bench/benchArguments.ts'),
    () => import('./bench/main.ts'),
  ),
  model: entry(
    'check and describe model packages',
    () => import('./model/modelArguments.ts'),
    () => import('./model/main.ts'),
  ),
  data: entry(
    'record training data from the simulator and the scripted expert',
    () => import('./data/dataArguments.ts'),
    () => import('./data/main.ts'),
  ),
  corrections: entry(
    'record what the expert would do in the states that a model reaches',
    () => import('./corrections/correctionArguments.ts'),
    () => import('./corrections/main.ts'),
  ),
  ablation: entry(
    'train with and without spatial guidance, and compare',
    () => import('./ablation/ablationArguments.ts'),
    () => import('./ablation/main.ts'),
  ),
  record: entry(
    'record episodes from ROS topics to bags',
    () => import('./record/recordArguments.ts'),
    () => import('./record/main.ts'),
  ),
  replay: entry(
    'run a recorded bag through the pipeline, and compare with an earlier run',
    () => import('./replay/replayArguments.ts'),
    () => import('./replay/main.ts'),
  ),
  serve: entry(
    'serve a model by websocket, without ROS',
    () => import('./serve/serveArguments.ts'),
    () => import('./serve/main.ts'),
  ),
  lerobot: entry(
    'export bags to a LeRobot dataset, and import one to bags',
    () => import('./lerobot/lerobotArguments.ts'),
    () => import('./lerobot/main.ts'),
  ),
  camera: small(
    'check where the camera stands: the expected view over the real one',
    () => import('./camera.ts'),
  ),
  gazebo: small(
    'worlds for Gazebo, and what its bridge to ROS carries',
    () => import('./gazebo.ts'),
  ),
  security: small('what each part may do, as a policy for SROS2', () => import('./security.ts')),
  node: small(
    'run one node: perception, policy, controller, simulator, recorder, player or supervisor',
    () => import('./node.ts'),
  ),
  setup: small('do the steps of the set-up that are missing', () => import('./setup.ts')),
  doctor: small(
    'what this machine has, what is wrong, and the remedy',
    () => import('./doctor.ts'),
  ),
  completion: small('complete commands in bash or zsh', () => import('./completion.ts')),
};

/** What each subcommand is for, by its name. */
export const summaries: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(commands).map(([name, { summary }]) => [name, summary]),
);

export function allTables(): Promise<CommandTable[]> {
  return Promise.all(Object.values(commands).map(({ table }) => table()));
}
