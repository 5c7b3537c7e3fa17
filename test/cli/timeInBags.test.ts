import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '@foxglove/rosmsg';
import { MessageWriter } from '@foxglove/rosmsg2-serialization';
import sharp from 'sharp';
import type { BagMessage } from '../../adapters/bags/Bag.ts';
import { BagWriter } from '../../adapters/bags/BagWriter.ts';
import { knownDefinition } from '../../adapters/messages/knownDefinition.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { replay, type ReplayResult } from '../../lab/replay/replay.ts';
import { command } from '../../cli/replay/replayArguments.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { runCaught } from './runCli.ts';

const SPOON = join(packageRoot, 'test', 'fixtures', 'replay', 'spoon');
const SEC = 1_000_000_000n;
const JOINTS = '/joint_states';
const COMPRESSED = 'sensor_msgs/msg/CompressedImage';
const CAMERA = '/camera/front/image_raw/compressed';

type Change = (message: BagMessage, place: number) => BagMessage | readonly BagMessage[];

/** Four seconds of an episode with 20 frames, each message as it is made of the recorded one. */
async function write(folder: string, change: Change, added?: string): Promise<string> {
  const source = await openBag(SPOON);
  const topics = source.topics.map(({ name, type, definition }) => {
    return { name, type, definition: definition!.text, qosProfiles: '', isLatched: false };
  });
  if (added !== undefined) {
    const definition = knownDefinition(COMPRESSED)!;
    topics.push({ name: added, type: COMPRESSED, definition, qosProfiles: '', isLatched: false });
  }
  const writer = await BagWriter.create(folder, topics);
  const places = new Map<string, number>();
  for await (const message of source.messages()) {
    const place = places.get(message.topic) ?? 0;
    places.set(message.topic, place + 1);
    for (const one of [change(message, place)].flat()) await writer.write(one);
  }
  await writer.close();
  assert.equal(writer.error, undefined);
  await source.close();
  return folder;
}

/** Stamped and logged earlier; an instruction has no stamp. */
function earlier(message: BagMessage, ns: bigint): BagMessage {
  const logNs = message.logNs - ns;
  if (message.topic === '/instruction') return { ...message, logNs };
  const bytes = Uint8Array.from(message.bytes);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, view.getInt32(4, true) - Number(ns / SEC), true);
  return { ...message, logNs, bytes };
}

function replayed(bag: string): Promise<ReplayResult> {
  const parsed = command.parse([bag]);
  assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'replay');
  return replay(parsed.arguments);
}

describe('time in bags', () => {
  let folder: string;
  let startNs: bigint;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-time-'));
    const bag = await openBag(SPOON);
    startNs = bag.startNs!;
    await bag.close();
  });
  after(() => rm(folder, { recursive: true }));

  it('is not walked through where messages were logged at 0, before there was a clock', async () => {
    const atZero = (message: BagMessage) => ({ ...message, logNs: 0n, publishNs: 0n });
    const joints = await write(join(folder, 'joints'), (message, place) =>
      message.topic === JOINTS && place < 3 ? [atZero(message), message] : message,
    );
    const said = await write(join(folder, 'said'), (message) =>
      message.topic === '/instruction' ? atZero(message) : message,
    );
    for (const bag of [joints, said]) {
      const { counts, notices, durationSec, ticks } = await replayed(bag);
      assert.equal(counts.observation, 20, bag);
      assert.ok(counts.chunk > 10 && ticks < 30, `${bag}: ${counts.chunk} chunks, ${ticks} ticks`);
      assert.match(notices.join('\n'), /nothing came for 17\d+\.\d s from 0\.0 s on: left out/);
      assert.ok(durationSec < 5, `${durationSec} s`);
    }
  });

  it('goes on behind the gap where a clock was set, in replays and exports', async () => {
    for (const [name, seconds] of [
      ['minute', 60n],
      ['years', 4n * 365n * 86_400n],
    ] as const) {
      const bag = await write(join(folder, name), (message) =>
        message.logNs < startNs + SEC ? earlier(message, seconds * SEC) : message,
      );
      const { counts, notices, ticks } = await replayed(bag);
      assert.equal(counts.observation, 20, name);
      assert.ok(ticks < 30 && counts.plan > 3, `${name}: ${ticks} ticks, ${counts.plan} plans`);
      assert.match(notices.join('\n'), /nothing came for \d+\.\d s from [01]\.\d s on: left out/);
      const out = join(folder, `${name}_set`);
      const exported = await runCaught('lerobot', ['export', bag, '--out', out]);
      assert.match(exported.out, /: (1[6-9]|20) frames, actions from/);
    }
  });

  it('is refused where all was logged at once', async () => {
    const bag = await write(join(folder, 'once'), (message) => ({ ...message, logNs: 5n }));
    await assert.rejects(
      replayed(bag),
      /all its messages were logged at 5 ns, though they are stamped/,
    );
  });

  it('is said where nothing could be replayed, by words and exit code', async () => {
    const bag = await write(join(folder, 'future'), (message) =>
      message.topic === CAMERA
        ? { ...earlier(message, -37n * SEC), logNs: message.logNs }
        : message,
    );
    const { code, out } = await runCaught('replay', [bag]);
    assert.equal(code, 1);
    assert.match(out, /the bag gave no observation, so nothing was replayed/);
  });

  it('does not depend on single messages that are cut', async () => {
    for (const topic of [JOINTS, CAMERA]) {
      const name = `cut${topic.replaceAll('/', '_')}`;
      const bag = await write(join(folder, name), (message, place) =>
        message.topic === topic && place === 0
          ? { ...message, bytes: message.bytes.slice(0, 20) }
          : message,
      );
      const { frames, counts, notices } = await replayed(bag);
      assert.ok(frames.received >= 19 && counts.observation >= 19, name);
      assert.match(notices.join(), /1 messages that do not decode were left out/);
      const out = join(folder, `${name}_set`);
      const exported = await runCaught('lerobot', ['export', bag, '--out', out]);
      assert.match(exported.out, /: (19|20) frames, actions from/);
    }
  });

  it('leaves no row of an export with what is long past', async () => {
    for (const [name, topic] of [
      ['camera', CAMERA],
      ['arm', JOINTS],
    ] as const) {
      const bag = await write(join(folder, `silent_${name}`), (message) => {
        const isSilent = message.logNs > startNs + SEC && message.logNs < startNs + 3n * SEC;
        return message.topic === topic && isSilent ? [] : message;
      });
      const out = join(folder, `silent_${name}_set`);
      const { code, out: said } = await runCaught('lerobot', ['export', bag, '--out', out]);
      assert.equal(code, 0, said);
      assert.match(said, /[78] ticks left out: a picture or joint state older than 0\.5 s/);
    }
  });

  it('is said where a camera has another clock, in exports', async () => {
    const bag = await write(join(folder, 'uptime'), (message) =>
      message.topic === CAMERA
        ? { ...earlier(message, 1_699_995_000n * SEC), logNs: message.logNs }
        : message,
    );
    const out = join(folder, 'uptime_set');
    const exported = await runCaught('lerobot', ['export', bag, '--out', out]);
    assert.match(exported.out, /compressed: another clock, -1699995000 s from that of the joints/);
  });

  it('does not end an export where a topic of depth is beside the camera', async () => {
    const depth = '/camera/depth/image_raw';
    const grey = { width: 8, height: 8, channels: 1 as const };
    const pixels = sharp(Buffer.alloc(64, 3), { raw: grey }).toColourspace('grey16');
    const data = await pixels.png().toBuffer();
    const definitions = parse(knownDefinition(COMPRESSED)!, { ros2: true });
    const header = { stamp: { sec: Number(startNs / SEC), nanosec: 0 }, frame_id: '' };
    const bytes = new MessageWriter(definitions).writeMessage({
      header,
      format: '16UC1; png',
      data,
    });
    const bag = await write(
      join(folder, 'depth'),
      (message) =>
        message.topic === CAMERA ? [message, { ...message, topic: depth, bytes }] : message,
      depth,
    );
    const out = join(folder, 'depth_set');
    const { code, out: said } = await runCaught('lerobot', ['export', bag, '--out', out]);
    assert.equal(code, 0, said);
    assert.match(said, /depth\/image_raw is no view: a picture of 16 bits without colours/);
    assert.match(said, /: (1[6-9]|20) frames, actions from/);
  });
});
