import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { BagMessage } from '../../../adapters/bags/Bag.ts';
import {
  EpisodeRecorder,
  type EpisodeRecorderOptions,
} from '../../../adapters/bags/EpisodeRecorder.ts';
import { FileWritable } from '../../../adapters/bags/FileWritable.ts';
import { openBag } from '../../../adapters/bags/openBag.ts';

const definition = 'uint8[] data\n';
const plainTopic = { type: 'x/msg/X', definition, qosProfiles: '', isLatched: false };
const topics = [
  { ...plainTopic, name: '/fast' },
  { ...plainTopic, name: '/latched', isLatched: true },
];
const message = (topic: string, second: number, size = 8): BagMessage => {
  const logNs = BigInt(Math.round(second * 1e9));
  return { topic, logNs, publishNs: logNs, bytes: new Uint8Array(size).fill(second) };
};

describe('EpisodeRecorder', () => {
  let folder: string;
  const faults: string[] = [];
  const news: string[] = [];
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'st4vla-episodes-'))));
  afterEach(async () => {
    faults.length = 0;
    news.length = 0;
    await rm(folder, { recursive: true });
  });

  const open = (changes: Partial<EpisodeRecorderOptions> = {}) =>
    new EpisodeRecorder({
      folder,
      topics,
      maxPendingBytes: 1e6,
      snapshotSec: 0,
      snapshotMaxBytes: 1e6,
      onFault: (reason) => faults.push(reason),
      onNews: (text) => news.push(text),
      ...changes,
    });
  const contents = async (name: string): Promise<string[]> => {
    const bag = await openBag(join(folder, name));
    const found: string[] = [];
    for await (const { topic, logNs } of bag.messages())
      found.push(`${topic} ${Number(logNs) / 1e9}`);
    await bag.close();
    return found;
  };

  it('keeps a folder for each episode, with how it came out', async () => {
    const recorder = open();
    recorder.add(message('/latched', 1));
    recorder.add(message('/fast', 1.5));
    recorder.begin('Put the spoon, please!', 2_000_000_000n);
    assert.ok(recorder.isRecording);
    recorder.add(message('/fast', 2.5));
    assert.ok(recorder.finish({ success: true, notes: 'slow' }));
    assert.ok(!recorder.isRecording);
    recorder.add(message('/fast', 3));
    recorder.begin('next', 4_000_000_000n);
    await recorder.close();
    assert.ok(!recorder.finish({ success: true, notes: '' }));

    const names = (await readdir(folder)).sort();
    assert.deepEqual(names, ['0001_put_the_spoon_please', '0002_next']);
    assert.deepEqual(await contents(names[0]!), ['/latched 2', '/fast 2.5']);
    assert.deepEqual(await contents(names[1]!), ['/latched 4']);
    assert.deepEqual(parse(await readFile(join(folder, names[0]!, 'episode.yaml'), 'utf8')), {
      instruction: 'Put the spoon, please!',
      success: true,
      notes: 'slow',
      dropped_messages: 0,
      messages: 2,
    });
    const second = parse(await readFile(join(folder, names[1]!, 'episode.yaml'), 'utf8'));
    assert.equal(second.success, 'unknown');
    const [first, next] = names.map((name) => join(folder, name));
    assert.deepEqual(news.toSorted(), [
      `${first}: success, 0.5 s, 2 messages`,
      `${next}: nobody has judged it, 0.0 s, 1 message`,
      `recording "Put the spoon, please!" in ${first}`,
      `recording "next" in ${next}`,
    ]);
    assert.deepEqual(faults, []);
  });

  it('begins without a latched message that it was told to forget', async () => {
    const recorder = open();
    recorder.add(message('/latched', 1));
    recorder.forget('/latched');
    recorder.begin('goal', 2_000_000_000n);
    recorder.add(message('/fast', 2));
    await recorder.close();
    assert.deepEqual(await contents('0001_goal'), ['/fast 2']);
  });

  it('numbers on from the episodes that are there', async () => {
    for (const title of ['one', 'two']) {
      const recorder = open();
      recorder.begin(title, 0n);
      recorder.add(message('/fast', 0));
      await recorder.close();
    }
    assert.deepEqual((await readdir(folder)).sort(), ['0001_one', '0002_two']);
  });

  it('writes the last seconds on request, and nothing before', async () => {
    const recorder = open({ snapshotSec: 2 });
    recorder.add(message('/latched', 0));
    for (let i = 0; i <= 10; i++) recorder.add(message('/fast', i));
    assert.deepEqual(await readdir(folder), []);
    assert.ok(recorder.snapshot('fault'));
    recorder.add(message('/fast', 11));
    await recorder.close();
    assert.deepEqual(await readdir(folder), ['0001_snapshot_fault']);
    const found = await contents('0001_snapshot_fault');
    assert.deepEqual(found, ['/latched 8', '/fast 8', '/fast 9', '/fast 10']);
    assert.ok(!open().snapshot('without a ring'));
  });

  it('keeps no more than the memory that it was given', async () => {
    const recorder = open({ snapshotSec: 100, snapshotMaxBytes: 350 });
    for (let i = 0; i < 10; i++) recorder.add(message('/fast', i, 100));
    recorder.snapshot('full');
    await recorder.close();
    assert.deepEqual(await contents('0001_snapshot_full'), ['/fast 7', '/fast 8', '/fast 9']);
  });

  it('leaves messages out, and counts them, while the disk is behind', async () => {
    const recorder = open({ maxPendingBytes: 1000 });
    recorder.begin('slow disk', 0n);
    recorder.add(message('/fast', 0));
    while (recorder.figures.folder === '') await new Promise((done) => setTimeout(done, 5));
    // All in one go, so that nothing is written meanwhile.
    await Promise.resolve();
    for (let i = 0; i < 50; i++) {
      recorder.add(message('/fast', i, 500));
      await Promise.resolve();
    }
    const { dropped } = recorder.figures;
    await recorder.close();
    const found = (await contents('0001_slow_disk')).length;
    assert.equal(found + dropped, 51);
    assert.ok(dropped > 0);
    assert.deepEqual(faults, []);
  });

  it('reports a full disk once, stops recording, and keeps what was written', async () => {
    const createFile = async (path: string) => {
      const file = await FileWritable.create(path);
      const write = async (bytes: Uint8Array) => {
        if (Number(file.position()) + bytes.length > 2000) throw new Error('ENOSPC: no space left');
        await file.write(bytes);
      };
      return { write, position: () => file.position(), close: () => file.close() };
    };
    const recorder = open({ createFile, chunkBytes: 500 });
    recorder.begin('large', 0n);
    for (let i = 0; i < 200; i++) recorder.add(message('/fast', i, 100));
    while (recorder.isRecording) await new Promise((done) => setTimeout(done, 5));
    recorder.add(message('/fast', 200));
    assert.equal(recorder.figures.lastFault, 'ENOSPC: no space left');
    await recorder.close();
    const where = join(folder, '0001_large');
    assert.deepEqual(faults, [`recording in ${where} has ended: ENOSPC: no space left`]);
    const found = await contents('0001_large');
    assert.ok(found.length >= 10 && found.length < 100, `${found.length}`);
    assert.equal(found.at(-1), `/fast ${found.length - 1}`);
  });

  it('reports a folder that cannot be made, and goes on', async () => {
    await writeFile(join(folder, 'file'), '');
    const recorder = open({ folder: join(folder, 'file', 'episodes') });
    recorder.begin('nowhere', 0n);
    recorder.add(message('/fast', 0));
    await recorder.close();
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /recording in .*\/file\/episodes has ended: ENOTDIR/);
  });
});
