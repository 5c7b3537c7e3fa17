import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { BagWriter } from '../../../adapters/bags/BagWriter.ts';
import { messageDecoder } from '../../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { BAGS, contentsOf, type PlainMessage } from './bagContents.ts';

const golden = JSON.parse(readFileSync(join(BAGS, 'bags.json'), 'utf8')) as {
  readonly contents: readonly (readonly PlainMessage[])[];
  readonly bags: Readonly<Record<string, number>>;
};

async function read(path: string): Promise<PlainMessage[]> {
  const bag = await openBag(path);
  try {
    return await contentsOf(bag);
  } finally {
    await bag.close();
  }
}

const READ_ALL = fileURLToPath(new URL('readAll.js', import.meta.url));

/** Pictures of a megabyte each that do not compress. */
async function writePictures(folder: string, count: number): Promise<void> {
  const definition = 'uint8[] data\n';
  const topics = [{ name: '/x', type: 'x/msg/X', definition, qosProfiles: '', isLatched: false }];
  const writer = await BagWriter.create(folder, topics);
  const bytes = new Uint8Array(8 + 1e6);
  for (let i = 0; i < count; i++) {
    randomFillSync(bytes);
    bytes.set([0, 1, 0, 0]);
    new DataView(bytes.buffer).setUint32(4, 1e6, true);
    const logNs = BigInt(i) * 33_000_000n;
    await writer.write({ topic: '/x', logNs, publishNs: logNs, bytes });
  }
  await writer.close();
}

/** Where the chunks of an MCAP file are: records with opcode 6. */
function chunksOf(bytes: Buffer): { readonly start: number; readonly end: number }[] {
  const chunks = [];
  for (let start = 8; start + 9 < bytes.length;) {
    const end = start + 9 + Number(bytes.readBigUInt64LE(start + 1));
    if (bytes[start] === 6) chunks.push({ start, end });
    start = end;
  }
  return chunks;
}

/** All that is there but for some messages in a row, which are missing. */
function requireOneGap(found: readonly PlainMessage[], all: readonly PlainMessage[]): void {
  const missing = all.length - found.length;
  assert.ok(missing > 0 && missing < all.length, `${found.length} of ${all.length}`);
  const text = (message: PlainMessage) => JSON.stringify(message);
  const begin = found.findIndex((message, i) => text(message) !== text(all[i]!));
  assert.ok(begin > 0, 'the beginning and the end are there');
  assert.deepEqual(found, all.toSpliced(begin, missing));
}

describe('openBag', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'st4vla-bags-'))));
  after(() => rm(folder, { recursive: true }));

  for (const [name, contents] of Object.entries(golden.bags)) {
    it(`finds in ${name} what Python's readers find`, async () => {
      assert.deepEqual(await read(join(BAGS, name)), golden.contents[contents]);
    });
  }

  it('says what a bag holds before it is read', async () => {
    for (const name of Object.keys(golden.bags)) {
      const bag = await openBag(join(BAGS, name));
      assert.deepEqual(
        bag.topics.map((topic) => [topic.name, topic.type, topic.count]),
        [
          ['/camera/front/image_raw', 'sensor_msgs/msg/Image', 6],
          ['/instruction', 'std_msgs/msg/String', 1],
          ['/joint_states', 'sensor_msgs/msg/JointState', 60],
          ['/strange', 'strange_msgs/msg/Thing', 6],
        ],
        name,
      );
      assert.equal(bag.startNs, 1_700_000_000_000_000_000n, name);
      assert.equal(bag.endNs, 1_700_000_001_180_000_000n, name);
      await bag.close();
    }
  });

  it('reads some topics, in some time', async () => {
    const fromNs = 1_700_000_000_400_000_000n;
    for (const name of Object.keys(golden.bags)) {
      const bag = await openBag(join(BAGS, name));
      const found: bigint[] = [];
      const options = { topics: ['/joint_states'], fromNs, toNs: fromNs + 40_000_000n };
      for await (const { logNs } of bag.messages(options)) found.push(logNs - fromNs);
      assert.deepEqual(found, [0n, 20_000_000n, 40_000_000n], name);
      await bag.close();
    }
  });

  it('says which type it cannot decode', async () => {
    const bag = await openBag(join(BAGS, 'humble_sqlite3'));
    const decoding = messageDecoder(bag.topics.find(({ name }) => name === '/strange')!);
    assert.ok(!decoding.ok);
    assert.match(decoding.reason, /\/strange: no definition of strange_msgs\/msg\/Thing/);
    await bag.close();
  });

  it('notices that an index is missing, and nothing where all is well', async () => {
    const notices = async (name: string) => {
      const bag = await openBag(join(BAGS, name));
      await bag.close();
      return bag.notices;
    };
    assert.match((await notices('unindexed.mcap')).join(), /read without an index/);
    assert.deepEqual(await notices('zstd.mcap'), []);
    assert.deepEqual(await notices('jazzy_sqlite3'), []);
  });

  it('refuses what is no bag, with the reason', async () => {
    await assert.rejects(openBag(join(folder, 'nothing')), /no such file or folder/);
    await assert.rejects(openBag(folder), /expected metadata.yaml or files ending .mcap, .db3/);
    await assert.rejects(openBag(join(BAGS, 'bags.json')), /ending .mcap or .db3/);
    const noDatabase = join(folder, 'text.db3');
    await writeFile(noDatabase, 'this is text, and quite a lot of it. '.repeat(50));
    await assert.rejects(openBag(noDatabase), /no sqlite3 bag that can be read/);
    await rm(noDatabase);
  });

  it('leaves a damaged chunk out and says so', async () => {
    const path = join(folder, 'damaged.mcap');
    const bytes = await readFile(join(BAGS, 'zstd.mcap'));
    bytes.fill(0x55, 2000, 2100);
    await writeFile(path, bytes);
    const bag = await openBag(path);
    const found = await contentsOf(bag);
    requireOneGap(found, golden.contents[0]!);
    assert.match(bag.notices.join(), /a damaged record at byte \d+ is left out/);
    await bag.close();
  });

  it('notices one bit that is wrong, compressed or not', async () => {
    for (const name of ['zstd.mcap', 'lz4.mcap', 'none.mcap', 'unindexed.mcap']) {
      const path = join(folder, 'wrong.mcap');
      const bytes = await readFile(join(BAGS, name));
      const chunks = chunksOf(bytes);
      assert.ok(chunks.length > 3, `${chunks.length} chunks`);
      // The CRC of what the third chunk holds, or a byte of its last message.
      const { start, end } = chunks[2]!;
      bytes[name === 'none.mcap' ? end - 1 : start + 33]! ^= 1;
      await writeFile(path, bytes);
      const bag = await openBag(path);
      const found = await contentsOf(bag);
      requireOneGap(found, golden.contents[0]!);
      assert.match(
        bag.notices.join(),
        /record at byte \d+ is left out: a chunk's CRC: expected \d+/,
      );
      await bag.close();
    }
  });

  it('reads a large bag in the memory of a small one', async () => {
    const peaks: number[] = [];
    for (const megabytes of [16, 80]) {
      const large = join(folder, `large_${megabytes}`);
      await writePictures(large, megabytes);
      const { stdout } = await promisify(execFile)(process.execPath, [READ_ALL, large]);
      const { bytes, peakBytes, notices } = JSON.parse(stdout);
      assert.deepEqual(notices, []);
      assert.ok(bytes > megabytes * 1e6);
      peaks.push(peakBytes);
      await rm(large, { recursive: true });
    }
    const more = peaks[1]! - peaks[0]!;
    // What is collected when is up to the engine; without streaming it were 64 MB more.
    assert.ok(more < 40e6, `${(more / 1e6).toFixed(0)} MB more: ${peaks.join(', ')}`);
  });

  const cut = async (name: string, size: number): Promise<string> => {
    const path = join(folder, name.slice(name.lastIndexOf('/') + 1));
    await copyFile(join(BAGS, name), path);
    await truncate(path, size);
    return path;
  };

  for (const name of ['zstd.mcap', 'lz4.mcap', 'none.mcap', 'unindexed.mcap', 'unchunked.mcap']) {
    it(`keeps of ${name}, cut anywhere, what can be read`, async () => {
      const { length } = await readFile(join(BAGS, name));
      const all = golden.contents[0]!;
      let most = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: length - 1 }), async (size) => {
          const found = await read(await cut(name, size));
          assert.deepEqual(found, all.slice(0, found.length));
          // A chunk holds about an eighth of the messages, compressed or not.
          if (size > 0.9 * length) assert.ok(found.length >= 0.7 * all.length);
          most = Math.max(most, found.length);
        }),
        { numRuns: 50, examples: [[length - 1], [0]] },
      );
      assert.equal(most, all.length);
    });
  }

  it('refuses a sqlite3 bag that was cut, wherever', async () => {
    const name = 'jazzy_sqlite3/jazzy_sqlite3.db3';
    const { length } = await readFile(join(BAGS, name));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: length - 1 }), async (size) => {
        await assert.rejects(openBag(await cut(name, size)), /cut: expected|too few/);
      }),
      { numRuns: 50 },
    );
  });
});
