import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zstd from '@foxglove/wasm-zstd';
import fc from 'fast-check';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { ReadBudget } from '../../../adapters/bags/mcapLimits.ts';
import { BAGS } from './bagContents.ts';
import { inLittleMemory } from './inLittleMemory.ts';
import {
  attachment,
  channel,
  chunk,
  indexedMcap,
  message,
  plainMcap,
  record,
  schema,
} from './mcapBytes.ts';

const MUTATIONS = fileURLToPath(new URL('readMutations.js', import.meta.url));

/** As many messages without content, all of one time. */
function emptyMessages(count: number): Buffer {
  return Buffer.alloc(31 * count, message(1n));
}

/** A message that says its place in the file. */
function numbered(timeNs: bigint, number: number): Buffer {
  return message(timeNs, Buffer.from(Uint32Array.of(number).buffer));
}

describe('openBag of MCAP files that are made to harm', () => {
  let folder: string;
  before(async () => {
    await zstd.isLoaded;
    folder = await mkdtemp(join(tmpdir(), 'st4vla-hostile-'));
  });
  after(() => rm(folder, { recursive: true }));

  const write = async (bytes: Buffer) => {
    const path = join(folder, 'hostile.mcap');
    await writeFile(path, bytes);
    return path;
  };
  const read = async (bytes: Buffer) => {
    const bag = await openBag(await write(bytes));
    const numbers: number[] = [];
    for await (const { bytes: data } of bag.messages()) {
      numbers.push(new DataView(data.buffer, data.byteOffset).getUint32(0, true));
    }
    await bag.close();
    return { numbers, notices: bag.notices.join('\n'), topics: bag.topics };
  };

  it('gives the first of millions of empty messages at once, in little memory', async () => {
    const records = emptyMessages(2_000_000);
    const file = indexedMcap([{ records, startNs: 1n }]);
    assert.ok(file.length < 20_000, `${file.length} bytes`);
    const { messages, peakBytes } = await inLittleMemory(await write(file), 1000);
    assert.equal(messages, 1000);
    assert.ok(peakBytes < 300e6, `${peakBytes / 1e6} MB`);
  });

  it('ends where a file has more messages than bytes, with or without an index', async () => {
    const records = emptyMessages(1_500_000);
    const files = [
      indexedMcap([{ records, startNs: 1n }]),
      plainMcap(schema(1), channel(1), chunk({ records })),
    ];
    for (const file of files) {
      const { messages, notices } = await inLittleMemory(await write(file));
      assert.equal(messages, 1_000_000 + file.length);
      assert.match(notices.join(), /more messages than a recording of \d+ bytes can hold/);
    }
  });

  it('bounds what files swell to, and lets pass what a recording can be', () => {
    const budget = new ReadBudget(1000);
    budget.takeBytes(2 ** 33);
    budget.takeBytes(1000 * 1000);
    assert.throws(() => budget.takeBytes(1), /more bytes than a recording of 1000 bytes can hold/);
  });

  it('sorts the messages of a chunk by their times, those of one time as they are stored', async () => {
    const time = fc.oneof(
      fc.bigInt({ min: 0n, max: 3n }),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(time, { maxLength: 40 }), async (times) => {
        const records = Buffer.concat(times.map((ns, i) => numbered(ns, i)));
        const endNs = (1n << 64n) - 1n;
        const { numbers } = await read(indexedMcap([{ records, startNs: 0n, endNs }]));
        const expected = times.map((ns, i) => [ns, i] as const);
        expected.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
        assert.deepEqual(
          numbers,
          expected.map(([, i]) => i),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('merges chunks that overlap in time', async () => {
    const records = (...times: number[]) =>
      Buffer.concat(times.map((time) => numbered(BigInt(time), time)));
    const file = indexedMcap([
      { records: records(10, 13, 40), startNs: 10n, endNs: 40n },
      { records: records(11, 14), startNs: 11n, endNs: 14n },
      { records: records(1, 12, 30), startNs: 1n, endNs: 30n },
      { records: records(50), startNs: 50n, endNs: 50n },
    ]);
    const { numbers, notices } = await read(file);
    assert.deepEqual(numbers, [1, 10, 11, 12, 13, 14, 30, 40, 50]);
    assert.equal(notices, '');
  });

  it('opens no more chunks at once than fit into memory', async () => {
    const last = message(100n);
    const records = Buffer.concat([message(1n, Buffer.alloc(1 << 26)), last]);
    const chunks = Array.from({ length: 24 }, () => ({ records, startNs: 1n, endNs: 100n }));
    const { messages, notices, peakBytes } = await inLittleMemory(await write(indexedMcap(chunks)));
    assert.equal(messages, 48);
    assert.match(notices.join(), /too many chunks overlap in time/);
    assert.ok(peakBytes < 1.2e9, `${peakBytes / 1e6} MB; all chunks are 1.6 GB`);
  }).timeout(60_000);

  const records = numbered(7n, 7);
  const LIES: readonly (readonly [title: string, file: () => Buffer, notice: RegExp])[] = [
    [
      'the number of its messages',
      () => indexedMcap([{ records }], { messageCount: 5n }),
      /expected 5 messages as it says, found 1/,
    ],
    [
      'the length of a chunk',
      () => indexedMcap([{ records }], { chunkLength: 1n << 40n }),
      /a chunk of 1099511627776 bytes/,
    ],
    [
      'how large a chunk is, in its index',
      () => indexedMcap([{ records }], { uncompressedSize: 3n }),
      /expected 3 bytes as the index says, found 35/,
    ],
    [
      'how large a chunk is, in the chunk',
      () => indexedMcap([{ records, claimedBytes: 1n << 62n }]),
      /a chunk of 4611686018427387904 bytes/,
    ],
    [
      'that a chunk is smaller than it is',
      () => indexedMcap([{ records, claimedBytes: 8n }]),
      /left out/,
    ],
    [
      'that a chunk is larger than it is',
      () => indexedMcap([{ records, claimedBytes: 4096n }]),
      /expected 4096 decompressed bytes, found 35/,
    ],
    [
      'where its summary is',
      () => indexedMcap([{ records }], { summaryStart: 20n }),
      /read without an index|as it says/,
    ],
  ];
  for (const [title, file, notice] of LIES) {
    it(`says so where a file lies about ${title}`, async () => {
      const { notices } = await read(file());
      assert.match(notices, notice);
    });
  }

  it('reads no summary that is larger than any, but the file from its beginning', async () => {
    const bytes = indexedMcap([{ records }], { summaryStart: 300n });
    const path = await write(plainMcap(schema(1), channel(1), records));
    const file = await open(path, 'r+');
    // A hole of 200 MB before the end takes no space.
    await file.write(bytes.subarray(-37), 0, 37, 200e6);
    await file.close();
    const { messages, notices, peakBytes } = await inLittleMemory(path);
    assert.equal(messages, 1);
    assert.match(notices.join(), /read without an index \(a summary of \d+ bytes\)/);
    assert.ok(peakBytes < 200e6, `${peakBytes / 1e6} MB`);
  });

  it('steps over attachments and what it does not know', async () => {
    const file = plainMcap(schema(1), channel(1), attachment(5000), record(200), records);
    const { numbers } = await read(file);
    assert.deepEqual(numbers, [7]);
  });

  it('keeps no endless tables of channels and schemas', async () => {
    const names = Array.from({ length: 200_000 }, (_, i) => channel(i % 60_000, `/${i}`));
    const many = chunk({ records: Buffer.concat([...names, channel(1), records]) });
    const short = await inLittleMemory(await write(plainMcap(schema(1), many)));
    // The last topic is one too many.
    assert.equal(short.messages, 0);
    assert.ok(short.peakBytes < 400e6, `${short.peakBytes / 1e6} MB`);
    const text = 'x'.repeat(1 << 20);
    const schemas = Array.from({ length: 100 }, (_, i) => schema(i, text));
    const large = chunk({ records: Buffer.concat(schemas) });
    const path = await write(plainMcap(large, channel(1), records));
    const { notices, peakBytes } = await inLittleMemory(path);
    assert.match(notices.join(), /definitions of \d+ bytes/);
    assert.ok(peakBytes < 600e6, `${peakBytes / 1e6} MB`);
  });

  it('knows the topic of every message, also where a channel is told twice', async () => {
    const file = plainMcap(schema(1), channel(1, '/a'), records, channel(1, '/b'), records);
    const { topics } = await read(file);
    assert.deepEqual(
      topics.map(({ name, count }) => [name, count]),
      [
        ['/a', 1],
        ['/b', 1],
      ],
    );
  });

  it('reads whatever is damaged, or says why not, in little memory and time', async () => {
    const names = ['zstd.mcap', 'lz4.mcap', 'none.mcap', 'unindexed.mcap', 'unchunked.mcap'];
    const databases = ['humble_sqlite3/humble_sqlite3.db3', 'jazzy_sqlite3/jazzy_sqlite3.db3'];
    const files = [...names, ...databases].map((name) => join(BAGS, name));
    const args = ['--max-old-space-size=128', MUTATIONS, folder, '100', ...files];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 85_000 });
    const { bags, refused, messages, peakBytes } = JSON.parse(stdout);
    assert.equal(bags, 100 * files.length);
    assert.ok(refused > 0 && refused < bags && messages > bags, stdout);
    assert.ok(peakBytes < 400e6, stdout);
  }).timeout(90_000);
});
