import path from 'node:path';
import { parseArgs } from 'node:util';
import { writePng } from '../adapters/image/encodeImage.ts';
import { widowx } from '../core/embodiment/widowx.ts';
import { parseUrdf } from '../core/kinematics/parseUrdf.ts';
import { widowxFrontCamera } from '../sim/render/CameraModel.ts';
import { cameraOverlay } from './camera/cameraOverlay.ts';
import { readUrdf } from './packagePaths.ts';

const usage = `usage: st4vla camera [--namespace NS] [--topic TOPIC] [--wait SEC] [--out FILE]

Where does the front camera of a WidowX stand? Takes one picture and the joint states of now, and draws
over it the arm and the table as the model's camera would see them. See docs/widowx.md.

  --namespace NS  of the arm, e.g. wx250s
  --topic TOPIC   the camera (default: camera/front/image_raw)
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
        namespace: { type: 'string', default: '' },
        topic: { type: 'string', default: 'camera/front/image_raw' },
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
    const prefix = `/${values.namespace}/`.replaceAll(/\/+/g, '/');
    const named = (topic: string): string => (topic.startsWith('/') ? topic : `${prefix}${topic}`);
    // Only here: the help needs no ROS 2.
    const { seeOnce } = await import('./camera/seeOnce.ts');
    const { image, positions } = await seeOnce(named(values.topic), named('joint_states'), waitSec);
    const urdf = parseUrdf(await readUrdf(widowx));
    const overlay = cameraOverlay(image, widowxFrontCamera, widowx, urdf, positions);
    for (const { name, u, v } of overlay.points)
      process.stdout.write(`${name} expected at ${u.toFixed(0)}, ${v.toFixed(0)}\n`);
    await writePng(overlay.image, path.resolve(values.out));
    process.stdout.write(`${path.resolve(values.out)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`st4vla camera: ${error.message}\n`);
    return 1;
  }
}
