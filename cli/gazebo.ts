import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { widowx } from '../core/embodiment/widowx.ts';
import { parseUrdf } from '../core/kinematics/parseUrdf.ts';
import { gazeboBridge } from '../sim/gazebo/gazeboBridge.ts';
import { gazeboWorld } from '../sim/gazebo/gazeboWorld.ts';
import { widowxFrontCamera } from '../sim/render/CameraModel.ts';
import { taskScene } from '../sim/tasks/taskScene.ts';
import { WIDOWX_TASK_NAMES, WIDOWX_TASKS } from '../sim/tasks/tasks.ts';
import { readUrdf } from '../adapters/files/packageFiles.ts';
import { defineCommand } from './arguments/Command.ts';
import { bigInteger, choice, file, flag } from './arguments/Option.ts';
import { failed } from './arguments/runCommand.ts';
import { print } from '../adapters/terminal/print.ts';

/** The objects lie in Gazebo where they lie in the simulator node by default. */
const DEFAULT_SEED = 1_000_000n;
const VIEW = 'front';

type GazeboArguments = {
  readonly isBridge: boolean;
  readonly task: string;
  readonly seed: bigint;
  readonly out: string | undefined;
};

export const command = defineCommand({
  name: 'gazebo',
  about:
    'Writes a world for Gazebo (SDF): the WidowX of urdf/ at the table, its controllers and camera, ' +
    'and the objects of a task where the embedded simulator puts them.',
  options: {
    bridge: flag('write the configuration of ros_gz_bridge instead'),
    task: choice(WIDOWX_TASK_NAMES, { help: 'the task', defaultText: WIDOWX_TASK_NAMES[0]! }),
    seed: bigInteger({ help: 'where the objects lie', maxDigits: 18, default: DEFAULT_SEED }),
    out: file({ help: 'where the text goes', defaultText: 'to the terminal' }),
  },
  build({ bridge, task = WIDOWX_TASK_NAMES[0]!, seed, out }, { isGiven, refuse }): GazeboArguments {
    for (const name of ['task', 'seed'].filter((one) => bridge && isGiven(one))) {
      refuse(`--${name}: expected only without --bridge`);
    }
    return { isBridge: bridge, task, seed, out };
  },
});

/** `st4vla gazebo`: worlds and bridge configurations. */
export async function run({ isBridge, task, seed, out }: GazeboArguments): Promise<number> {
  try {
    const text = isBridge ? await widowxBridge() : await widowxWorld(task, seed);
    if (out === undefined) print(text);
    else writeFileSync(out, text);
    return 0;
  } catch (error) {
    return failed('gazebo', error);
  }
}

/** @throws Error for a task that does not exist */
export async function widowxWorld(task: string, seed = DEFAULT_SEED): Promise<string> {
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
