import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapIndexedReader } from '@mcap/core';
import { parse } from 'yaml';
import { BagWriter } from '../../../adapters/bags/BagWriter.ts';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { BAGS, contentsOf, type PlainMessage } from './bagContents.ts';
import { writeSample } from './writeSample.ts';

const golden = JSON.parse(readFileSync(join(BAGS, 'ours.json'), 'utf8')) as {
  readonly sha256: Readonly<Record<string, string>>;
  readonly contents: readonly PlainMessage[];
};
const original = JSON.parse(readFileSync(join(BAGS, 'bags.json'), 'utf8')) as {
  readonly contents: readonly (readonly PlainMessage[])[];
};

async function read(path: string): Promise<PlainMessage[]> {
  const bag = await openBag(path);
  assert.deepEqual(bag.notices, []);
  try {
    return await contentsOf(bag);
  } finally {
    await bag.close();
  }
}

describe('BagWriter', () => {
  let folder: string;
  let sample: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-bags-'));
    sample = join(folder, 'sample');
    await writeSample(sample);
  });
  after(() => rm(folder, { recursive: true }));

  it('writes the very files that rosbags and mcap-ros2-support have read', async () => {
    const names = (await readdir(sample)).filter((name) => name.endsWith('.mcap'));
    assert.deepEqual(names.sort(), Object.keys(golden.sha256).sort());
    for (const name of names) {
      const sha256 = createHash('sha256')
        .update(await readFile(join(sample, name)))
        .digest('hex');
      const hint = `${name}: see make_bags.py --ours`;
      assert.equal(sha256, golden.sha256[name], hint);
    }
    const found: PlainMessage[] = [];
    for (const name of names.sort()) found.push(...(await read(join(sample, name))));
    assert.deepEqual(found, golden.contents);
  });

  it('begins each file with the latched message, which a reader of the bag sees once', async () => {
    const latched = golden.contents.filter(([, topic]) => topic === '/instruction');
    assert.equal(latched.length, 3);
    assert.deepEqual(await read(sample), original.contents[0]);
  });

  it('says in metadata.yaml what rosbag2 asks for', async () => {
    const text = await readFile(join(sample, 'metadata.yaml'), 'utf8');
    const { rosbag2_bagfile_information: info } = parse(text, { intAsBigInt: true });
    assert.equal(info.version, 5n);
    assert.equal(info.storage_identifier, 'mcap');
    assert.equal(info.starting_time.nanoseconds_since_epoch, 1_700_000_000_000_000_000n);
    assert.equal(info.duration.nanoseconds, 1_180_000_000n);
    assert.equal(info.message_count, BigInt(golden.contents.length));
    assert.deepEqual(info.relative_file_paths, Object.keys(golden.sha256));
    const joints = info.topics_with_message_count.find(
      ({ topic_metadata }: { topic_metadata: { name: string } }) =>
        topic_metadata.name === '/joint_states',
    );
    assert.deepEqual(joints, {
      topic_metadata: {
        name: '/joint_states',
        type: 'sensor_msgs/msg/JointState',
        serialization_format: 'cdr',
        offered_qos_profiles: '',
      },
      message_count: 60n,
    });
  });

  it('says which ROS 2 the messages come from, in metadata.yaml and in every file', async () => {
    const type = 'std_msgs/msg/String';
    const topics = [
      { name: '/x', type, definition: 'string data\n', qosProfiles: '', isLatched: false },
    ];
    const path = join(folder, 'jazzy');
    const writer = await BagWriter.create(path, topics, { rosDistro: 'jazzy', splitSec: 1 });
    for (const logNs of [1n, 2_000_000_000n]) {
      const message = { topic: '/x', logNs, publishNs: logNs, bytes: new Uint8Array(12) };
      await writer.write(message);
    }
    await writer.close();
    assert.equal(writer.error, undefined);
    const text = await readFile(join(path, 'metadata.yaml'), 'utf8');
    assert.equal(parse(text).rosbag2_bagfile_information.ros_distro, 'jazzy');
    assert.equal((await read(path)).length, 2);
    for (const name of ['jazzy_0.mcap', 'jazzy_1.mcap']) {
      const bytes = await readFile(join(path, name));
      const readable = {
        size: async () => BigInt(bytes.length),
        read: async (offset: bigint, size: bigint) =>
          new Uint8Array(bytes.subarray(Number(offset), Number(offset + size))),
      };
      const reader = await McapIndexedReader.Initialize({ readable });
      const found: [string, string | undefined][] = [];
      for await (const record of reader.readMetadata())
        found.push([record.name, record.metadata.get('ROS_DISTRO')]);
      assert.deepEqual(found, [['rosbag2', 'jazzy']]);
    }
  });

  it('leaves a bag that can be read when it never gets to close it', async () => {
    const crashed = join(folder, 'crashed');
    const type = 'std_msgs/msg/String';
    const topics = [
      { name: '/x', type, definition: 'string data\n', qosProfiles: '', isLatched: false },
    ];
    const writer = await BagWriter.create(crashed, topics, { chunkBytes: 1000 });
    const bytes = new Uint8Array(100);
    for (let i = 0n; i < 100n; i++) {
      await writer.write({ topic: '/x', logNs: i, publishNs: i, bytes });
    }
    const copy = join(folder, 'copy.mcap');
    await copyFile(join(crashed, 'crashed_0.mcap'), copy);
    await writer.close();
    const bag = await openBag(copy);
    const { count } = bag.topics[0]!;
    assert.ok(count > 85 && count < 100, `${count}`);
    assert.match(bag.notices.join(), /ends early/);
    await bag.close();
  });

  it('keeps the first error and writes nothing after it', async () => {
    const writer = await BagWriter.create(join(folder, 'failed'), []);
    await writer.write({ topic: '/x', logNs: 0n, publishNs: 0n, bytes: new Uint8Array(1) });
    assert.match(writer.error?.message ?? '', /no topic \/x/);
    await writer.close();
    assert.equal(writer.messageCount, 0);
    await assert.rejects(BagWriter.create(join(folder, 'failed'), []), /EEXIST/);
  });
});
