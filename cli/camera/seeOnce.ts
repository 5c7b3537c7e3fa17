import { decodeRawImage } from '../../adapters/image/decodeRawImage.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { newestFrame, sensorData } from '../../nodes/shared/node/qos.ts';
import { joinGraph, leaveGraph, waitUntilPresent } from '../operator/joinGraph.ts';
import { printError } from '../../adapters/terminal/print.ts';

/**
 * The next image of a topic and the newest joint positions, by name.
 * @param topic sensor_msgs/Image; joint states come from `joint_states`, both as ROS resolves them
 * @throws Error saying what did not come, or why an image cannot be used
 */
export async function seeOnce(
  topic: string,
  jointTopic: string,
  waitSec: number,
): Promise<{ readonly image: RgbImage; readonly positions: ReadonlyMap<string, number> }> {
  const positions = new Map<string, number>();
  let image: RgbImage | undefined;
  let fault = '';
  const { node } = await joinGraph('camera_check', (created) => {
    const always = { whileInactive: true };
    created.listenRaw(
      'sensor_msgs/msg/Image',
      topic,
      newestFrame(),
      (message) => {
        const decoded = decodeRawImage({ ...message, data: message.data as Uint8Array });
        if (decoded.ok) image = decoded.image;
        else fault = `${topic}: ${decoded.fault.message}`;
      },
      always,
    );
    created.listenRaw(
      'sensor_msgs/msg/JointState',
      jointTopic,
      sensorData(),
      ({ name, position }) => {
        for (const [i, joint] of name.entries()) positions.set(joint, position[i]!);
      },
      always,
    );
  });
  try {
    const missing = (): string[] => [
      ...(image === undefined ? [fault || topic] : []),
      ...(positions.size === 0 ? [jointTopic] : []),
    ];
    await waitUntilPresent(missing, waitSec * 1000, (left) =>
      printError(`waiting for ${left.join(' and ')}\n`),
    );
    return { image: image!, positions };
  } finally {
    leaveGraph(node);
  }
}
