import path from 'node:path';
import { writePng } from '../adapters/image/encodeImage.ts';
import { embodimentByName } from '../core/embodiment/embodimentByName.ts';
import { parseUrdf } from '../core/kinematics/parseUrdf.ts';
import { googleHeadCamera, widowxFrontCamera } from '../sim/render/CameraModel.ts';
import { cameraOverlay } from './camera/cameraOverlay.ts';
import { readUrdf } from '../adapters/files/packageFiles.ts';
import { defineCommand } from './arguments/Command.ts';
import { file, number, text } from './arguments/Option.ts';
import { failed } from './arguments/runCommand.ts';
import { namespaceOption, robotOption } from './arguments/shared.ts';
import { print } from '../adapters/terminal/print.ts';

/** The model's cameras by robot. Google Robot's moves with its head, which is at its start pose here. */
const CAMERAS = {
  widowx: { camera: widowxFrontCamera, topic: 'camera/front/image_raw', hasTable: true },
  google_robot: { camera: googleHeadCamera, topic: 'camera/head/image_raw', hasTable: false },
} as const;

type CameraArguments = {
  readonly robot: keyof typeof CAMERAS;
  readonly namespace: string;
  readonly topic: string;
  readonly waitSec: number;
  readonly out: string;
};

export const command = defineCommand({
  name: 'camera',
  about:
    'Checks where the camera stands: takes one picture and the present joint states, and draws over ' +
    "it the arm (and the table of a WidowX) as the model's camera would see them. See docs/widowx.md.",
  options: {
    robot: robotOption,
    namespace: namespaceOption,
    topic: text({
      help: 'the camera',
      placeholder: 'TOPIC',
      expected: 'a topic',
      defaultText: 'camera/front/image_raw or camera/head/image_raw',
    }),
    wait: number({
      help: 'for image and joint states',
      placeholder: 'SEC',
      unit: 'seconds',
      above: 0,
      default: 15,
    }),
    out: file({ help: 'the PNG', default: 'camera-check.png' }),
  },
  build({ wait, topic, namespace, out, ...values }): CameraArguments {
    const robot = values.robot as keyof typeof CAMERAS;
    return { robot, namespace, topic: topic ?? CAMERAS[robot].topic, waitSec: wait, out };
  },
});

/** `st4vla camera`: the expected view over the real one. */
export async function run({
  robot,
  namespace,
  topic,
  waitSec,
  out,
}: CameraArguments): Promise<number> {
  try {
    const embodiment = embodimentByName(robot);
    const { camera, hasTable } = CAMERAS[robot];
    const prefix = `/${namespace}/`.replaceAll(/\/+/g, '/');
    const named = (name: string): string => (name.startsWith('/') ? name : `${prefix}${name}`);
    // Loaded here, since the help needs no ROS 2.
    const { seeOnce } = await import('./camera/seeOnce.ts');
    const { image, positions } = await seeOnce(named(topic), named('joint_states'), waitSec);
    const urdf = parseUrdf(await readUrdf(embodiment));
    const overlay = cameraOverlay({ image, camera, embodiment, urdf, positions, hasTable });
    for (const { name, u, v } of overlay.points)
      print(`${name} expected at ${u.toFixed(0)}, ${v.toFixed(0)}\n`);
    await writePng(overlay.image, path.resolve(out));
    print(`${path.resolve(out)}\n`);
    return 0;
  } catch (error) {
    return failed('camera', error);
  }
}
