import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { widowx } from '../core/embodiment/widowx.ts';
import { parseUrdf } from '../core/kinematics/parseUrdf.ts';
import { gazeboBridge } from '../sim/gazebo/gazeboBridge.ts';
import { gazeboWorld } from '../sim/gazebo/gazeboWorld.ts';
import { widowxFrontCamera } from '../sim/render/CameraModel.ts';
import { taskScene } from '../sim/tasks/taskScene.ts';
import { WIDOWX_TASK_NAMES, WIDOWX_TASKS } from '../sim/tasks/tasks.ts';
import { readUrdf } from '../adapters/files/packageFiles.ts';
import { print, printError } from '../adapters/terminal/print.ts';

/** As of the simulator node: the objects lie in Gazebo where they lie there. */
const DEFAULT_SEED = '1000000';
const VIEW = 'front';

const usage = `usage: st4vla gazebo [--task NAME] [--seed N] [--out FILE]
       st4vla gazebo --bridge [--out FILE]

A world for Gazebo (SDF): the WidowX of urdf/ at the table, its controllers and camera, and the objects
of a task where the embedded simulator puts them. With --bridge: the configuration of ros_gz_bridge.

  --task NAME  ${WIDOWX_TASK_NAMES.join('\n               ')}
  --seed N     where the objects lie (default: ${DEFAULT_SEED})
  --out FILE   instead of the terminal
`;

/** `st4vla gazebo`: worlds and bridge configurations. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        bridge: { type: 'boolean' },
        task: { type: 'string', default: WIDOWX_TASK_NAMES[0]! },
        seed: { type: 'string', default: DEFAULT_SEED },
        out: { type: 'string' },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    if (!/^\d+$/.test(values.seed))
      throw new Error(`--seed: expected a number, found ${values.seed}`);
    const text = values.bridge
      ? await widowxBridge()
      : await widowxWorld(values.task, BigInt(values.seed));
    if (values.out === undefined) print(text);
    else writeFileSync(values.out, text);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla gazebo: ${error.message}\n\n${usage}`);
    return 2;
  }
}

/** @throws Error for a task that does not exist */
export async function widowxWorld(task: string, seed = BigInt(DEFAULT_SEED)): Promise<string> {
  const spec = WIDOWX_TASKS.find(({ name }) => name === task);
  if (spec === undefined) {
    throw new Error(`--task: expected one of ${WIDOWX_TASK_NAMES.join(', ')}, found ${task}`);
  }
  const scene = taskScene(spec, seed);
  const urdf = parseUrdf(await readUrdf(widowx));
  return gazeboWorld({ urdf, embodiment: widowx, scene, view: VIEW, camera: widowxFrontCamera });
}

export async function widowxBridge(): Promise<string> {
  const urdf = parseUrdf(await readUrdf(widowx));
  const topics = gazeboBridge(urdf, VIEW, (joint) => `joint/${joint}/cmd_pos`);
  return `# For ros_gz_bridge. Made by \`st4vla gazebo --bridge\`.\n${stringify(topics)}`;
}
