import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from '@foxglove/rosmsg';
import { MessageWriter } from '@foxglove/rosmsg2-serialization';
import { BagWriter } from '../../adapters/bags/BagWriter.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { knownDefinition } from '../../adapters/messages/knownDefinition.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Random } from '../../core/math/random.ts';
import { jointSampleToMessage } from '../../adapters/messages/jointState.ts';
import { rgbImageToMessage } from '../../adapters/messages/observation.ts';
import type { Figure } from './Figure.ts';

/** What the bags hold: a minute of joint states at 200 Hz, ten seconds of pictures at 30 Hz. */
const JOINT_STATES = 12_000;
const PICTURES = 300;
/** The fastest counts, in processor time: whatever else the machine does only makes them slower. */
const RUNS = 5;
const START_NS = 1_700_000_000_000_000_000n;

/** Reads a bag and decodes all of it, as the reader beside it does. */
const IN_PYTHON = `
import sys, time
from mcap_ros2.reader import read_ros2_messages
start = time.process_time()
for message in read_ros2_messages(sys.argv[1]):
    message.ros_msg
print(time.process_time() - start)
`;

type Sample = { readonly type: string; readonly topic: string; readonly count: number };

const SAMPLES: Readonly<Record<string, Sample>> = {
  'joint states': {
    type: 'sensor_msgs/msg/JointState',
    topic: '/joint_states',
    count: JOINT_STATES,
  },
  'pictures of 640 × 480': { type: 'sensor_msgs/msg/Image', topic: '/image', count: PICTURES },
};

/**
 * Messages that are read from a bag and decoded in a second of processor time.
 * @param python with mcap-ros2-support, which reads the same bag by turns
 * @throws Error where that fails
 */
export async function bagFigures(python: string | undefined): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'st4vla-bench-bags-'));
  const figures: Figure[] = [];
  try {
    for (const [what, sample] of Object.entries(SAMPLES)) {
      const bag = join(folder, sample.topic.slice(1));
      await writeBag(bag, sample);
      const [file = ''] = (await readdir(bag)).filter((name) => name.endsWith('.mcap'));
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        ours.push(await secondsToRead(join(bag, file)));
        if (python !== undefined) theirs.push(await secondsInPython(python, join(bag, file)));
      }
      const name = `bag read and decoded, ${what}`;
      const value = sample.count / Math.min(...ours);
      figures.push({ name, value, unit: 'messages/s' });
      if (python === undefined) continue;
      const ratio = Math.min(...theirs) / Math.min(...ours);
      const wanted = { atLeast: 1 };
      figures.push({ name: `… as fast as mcap-ros2-support`, value: ratio, unit: 'times', wanted });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return figures;
}

async function writeBag(folder: string, { type, topic, count }: Sample): Promise<void> {
  const definition = knownDefinition(type)!;
  const topics = [{ name: topic, type, definition, qosProfiles: '', isLatched: false }];
  const writer = await BagWriter.create(folder, topics);
  const encoder = new MessageWriter(parse(definition, { ros2: true }));
  const random = new Random('bench/bags');
  const [width, height] = [640, 480];
  const names = [...widowx.armJoints, ...widowx.fingerJoints];
  for (let i = 0; i < count; i++) {
    const logNs = START_NS + BigInt(i) * 5_000_000n;
    const positions = Float64Array.from(names, () => random.uniform(-1, 1));
    const message = type.endsWith('Image')
      ? rgbImageToMessage({ width, height, data: gradient(width, height, i) }, logNs, 'camera')
      : jointSampleToMessage({ stampNs: logNs, names, positions, velocities: positions });
    const bytes = encoder.writeMessage(message);
    await writer.write({ topic, logNs, publishNs: logNs, bytes });
  }
  await writer.close();
  if (writer.error) throw writer.error;
}

/** Compresses about as well as a simulated picture. */
function gradient(width: number, height: number, shift: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = ((i % 1920) >> 3) + ((i * i + shift) & 3);
  return data;
}

async function secondsToRead(path: string): Promise<number> {
  const before = process.cpuUsage();
  const bag = await openBag(path);
  const decoding = messageDecoder(bag.topics[0]!);
  if (!decoding.ok) throw new Error(decoding.reason);
  for await (const { bytes } of bag.messages()) decoding.decode(bytes);
  await bag.close();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function secondsInPython(python: string, path: string): Promise<number> {
  const { stdout } = await promisify(execFile)(python, ['-c', IN_PYTHON, path]);
  return Number(stdout);
}
