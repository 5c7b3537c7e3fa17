import path from 'node:path';
import { parseArgs } from 'node:util';
import { writePng } from '../adapters/image/encodeImage.ts';
import { embodimentByName } from '../core/embodiment/embodimentByName.ts';
import { parseUrdf } from '../core/kinematics/parseUrdf.ts';
import { googleHeadCamera, widowxFrontCamera } from '../sim/render/CameraModel.ts';
import { cameraOverlay } from './camera/cameraOverlay.ts';
import { readUrdf } from '../adapters/files/packageFiles.ts';
import { print, printError } from '../adapters/terminal/print.ts';

/** The model's cameras by robot. Google Robot's moves with its head, which is at its start pose here. */
const CAMERAS = {
  widowx: { camera: widowxFrontCamera, topic: 'camera/front/image_raw', hasTable: true },
  google_robot: { camera: googleHeadCamera, topic: 'camera/head/image_raw', hasTable: false },
} as const;

const usage = `usage: st4vla camera [--robot NAME] [--namespace NS] [--topic TOPIC] [--wait SEC] [--out FILE]

Where does the camera stand? Takes one picture and the joint states of now, and draws over it the arm
(and the table of a WidowX) as the model's camera would see them. See docs/widowx.md.

  --robot NAME    widowx (default) or google_robot
  --namespace NS  of the arm, e.g. wx250s
  --topic TOPIC   the camera (default: camera/front/image_raw or camera/head/image_raw)
  --wait SEC      for image and joint states (default: 15)
  --out FILE      PNG (default: camera-check.png)
`;

/** `st4vla camera`: the expected view over the real one. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        robot: { type: 'string', default: 'widowx' },
        namespace: { type: 'string', default: '' },
        topic: { type: 'string' },
        wait: { type: 'string', default: '15' },
        out: { type: 'string', default: 'camera-check.png' },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const waitSec = Number(values.wait);
    if (!(waitSec > 0)) throw new Error(`--wait: expected seconds, found ${values.wait}`);
    const embodiment = embodimentByName(values.robot);
    const { camera, topic, hasTable } = CAMERAS[values.robot as keyof typeof CAMERAS];
    const prefix = `/${values.namespace}/`.replaceAll(/\/+/g, '/');
    const named = (name: string): string => (name.startsWith('/') ? name : `${prefix}${name}`);
    // Only here: the help needs no ROS 2.
    const { seeOnce } = await import('./camera/seeOnce.ts');
    const { image, positions } = await seeOnce(
      named(values.topic ?? topic),
      named('joint_states'),
      waitSec,
    );
    const urdf = parseUrdf(await readUrdf(embodiment));
    const overlay = cameraOverlay({ image, camera, embodiment, urdf, positions, hasTable });
    for (const { name, u, v } of overlay.points)
      print(`${name} expected at ${u.toFixed(0)}, ${v.toFixed(0)}\n`);
    await writePng(overlay.image, path.resolve(values.out));
    print(`${path.resolve(values.out)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla camera: ${error.message}\n`);
    return 1;
  }
}
