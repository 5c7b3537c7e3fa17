import { modelFolder } from '../../adapters/files/packageFiles.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { taskNamesOf } from '../../sim/arms/simArms.ts';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';
import { defineCommand } from '../arguments/Command.ts';
import { bigInteger, folder, list } from '../arguments/Option.ts';
import { refuseUnknown, robotOption } from '../arguments/shared.ts';

export type DemoArguments = {
  readonly embodiment: Embodiment;
  readonly seed: bigint;
  readonly tasks: readonly string[];
  readonly model: string;
  readonly outFolder: string;
};

export const command = defineCommand({
  name: 'demo',
  about:
    'Starts the ROS 2 nodes and lets the arm do one episode of each task. Ends with 0 when at ' +
    'least three of four episodes succeeded.',
  options: {
    robot: robotOption,
    seed: bigInteger({
      help: `where the objects lie; no seed from ${FIRST_EVALUATION_SEED} on was trained on`,
      maxDigits: 15,
      default: BigInt(FIRST_EVALUATION_SEED),
    }),
    tasks: list({ help: 'only these tasks' }),
    model: folder({ help: 'the model package', defaultText: "the robot's own" }),
    out: folder({ help: 'where the report page goes', default: 'runs/demo' }),
  },
  build({ robot, seed, tasks, model, out }, { refuse }): DemoArguments {
    const embodiment = embodimentByName(robot);
    const known = taskNamesOf(embodiment);
    refuseUnknown('tasks', tasks ?? [], known, refuse);
    return {
      embodiment,
      seed,
      tasks: tasks ?? known,
      model: modelFolder(model, robot),
      outFolder: out,
    };
  },
});
