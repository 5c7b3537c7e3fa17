import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zstd from '@foxglove/wasm-zstd';
import { McapWriter } from '@mcap/core';
import sqlite from 'node-sqlite3-wasm';
import type { BagMessage, BagTopic } from '../../adapters/bags/Bag.ts';
import { FileWritable } from '../../adapters/bags/FileWritable.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { command } from '../../cli/replay/replayArguments.ts';
import { replay } from '../../lab/replay/replay.ts';
import { packageRoot } from '../../setup/paths.mjs';

const SPOON = join(packageRoot, 'test', 'fixtures', 'replay', 'spoon');

type Pack = (bytes: Uint8Array) => Uint8Array;
const plain: Pack = (bytes) => bytes;
const packed: Pack = (bytes) => Uint8Array.from(zstd.compress(Buffer.from(bytes), 3));

describe('the fixture bag, in every container', () => {
  let folder: string;
  let topics: readonly BagTopic[];
  const messages: BagMessage[] = [];
  let expected: string;
  before(async () => {
    await zstd.isLoaded;
    folder = await mkdtemp(join(tmpdir(), 'st4vla-containers-'));
    const bag = await openBag(SPOON);
    ({ topics } = bag);
    for await (const message of bag.messages()) messages.push(message);
    await bag.close();
    expected = await commands(SPOON);
  });
  after(() => rm(folder, { recursive: true }));

  async function commands(path: string): Promise<string> {
    const parsed = command.parse([path]);
    assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'replay');
    const { commandSha256, counts, notices } = await replay(parsed.arguments);
    assert.equal(counts.observation, 20, notices.join('\n'));
    return commandSha256;
  }

  async function writeMcap(
    path: string,
    part: readonly BagMessage[],
    { pack = plain, useChunks = true }: { pack?: Pack; useChunks?: boolean } = {},
  ): Promise<void> {
    const file = await FileWritable.create(path);
    const compressChunk = (bytes: Uint8Array) => ({
      compression: 'zstd',
      compressedData: packed(bytes),
    });
    const writer = new McapWriter({ writable: file, useChunks, compressChunk });
    await writer.start({ profile: 'ros2', library: '' });
    const channels = new Map<string, number>();
    for (const { name, type, definition } of topics) {
      const data = Buffer.from(definition!.text);
      const schemaId = await writer.registerSchema({ name: type, encoding: 'ros2msg', data });
      const channel = { topic: name, messageEncoding: 'cdr', metadata: new Map<string, string>() };
      channels.set(name, await writer.registerChannel({ ...channel, schemaId }));
    }
    for (const [sequence, { topic, logNs, publishNs, bytes }] of part.entries()) {
      const times = { logTime: logNs, publishTime: publishNs };
      await writer.addMessage({
        channelId: channels.get(topic)!,
        sequence,
        ...times,
        data: pack(bytes),
      });
    }
    await writer.end();
    await file.close();
  }

  /** As rosbag2 of Humble: without definitions. */
  function writeSqlite(path: string, pack: Pack = plain): void {
    const database = new sqlite.Database(path);
    database.exec(
      'CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, ' +
        'serialization_format TEXT NOT NULL, offered_qos_profiles TEXT NOT NULL);' +
        'CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL, ' +
        'timestamp INTEGER NOT NULL, data BLOB NOT NULL);' +
        'CREATE INDEX timestamp_idx ON messages (timestamp ASC); BEGIN',
    );
    for (const [i, { name, type }] of topics.entries()) {
      database.run("INSERT INTO topics VALUES(?, ?, ?, 'cdr', '')", [i + 1, name, type]);
    }
    for (const { topic, logNs, bytes } of messages) {
      const id = topics.findIndex(({ name }) => name === topic) + 1;
      const row = [id, logNs, pack(bytes)];
      database.run('INSERT INTO messages(topic_id, timestamp, data) VALUES(?, ?, ?)', row);
    }
    database.exec('COMMIT');
    database.close();
  }

  async function packFile(path: string): Promise<string> {
    await writeFile(`${path}.zstd`, packed(await readFile(path)));
    await rm(path);
    return `${path}.zstd`;
  }

  /** In a folder of its own with metadata.yaml; commands of the folder and of each file alone. */
  async function same(name: string, make: (file: (name: string) => string) => Promise<void>) {
    const bag = join(folder, name);
    await mkdir(bag);
    await make((one) => join(bag, one));
    const files = await readdir(bag);
    const paths = files.map((file) => `    - ${file}\n`).join('');
    await writeFile(
      join(bag, 'metadata.yaml'),
      `rosbag2_bagfile_information:\n  version: 9\n  relative_file_paths:\n${paths}`,
    );
    assert.equal(await commands(bag), expected, name);
    if (files.length === 1) assert.equal(await commands(join(bag, files[0]!)), expected, files[0]);
  }

  it('gives the same commands: MCAP', async () => {
    await same('chunks', (file) => writeMcap(file('a_0.mcap'), messages));
    await same('unchunked', (file) => writeMcap(file('a_0.mcap'), messages, { useChunks: false }));
    await same('mcap-messages', (file) => writeMcap(file('a_0.mcap'), messages, { pack: packed }));
  });

  it('gives the same commands: split MCAP, with publish times and without', async () => {
    for (const [name, publish] of [
      ['split', (ns: bigint) => ns],
      ['unpublished', () => 0n],
    ] as const) {
      const half = Math.floor(messages.length / 2);
      const all = messages.map((one) => ({ ...one, publishNs: publish(one.publishNs) }));
      await same(name, async (file) => {
        await writeMcap(file('a_0.mcap'), all.slice(0, half));
        await writeMcap(file('a_1.mcap'), all.slice(half));
      });
    }
  });

  it('gives the same commands: sqlite3', async () => {
    await same('sqlite', async (file) => writeSqlite(file('a_0.db3')));
    await same('sqlite-messages', async (file) => writeSqlite(file('a_0.db3'), packed));
  });

  it('gives the same commands: whole files compressed, and leaves no copy behind', async () => {
    const places = process.env['TMPDIR'];
    const own = (process.env['TMPDIR'] = join(folder, 'temporary'));
    await mkdir(own);
    await same('mcap-whole', async (file) => {
      await writeMcap(file('a_0.mcap'), messages);
      await packFile(file('a_0.mcap'));
    });
    await same('sqlite-whole', async (file) => {
      writeSqlite(file('a_0.db3'));
      await packFile(file('a_0.db3'));
    });
    assert.deepEqual(await readdir(own), []);
    if (places === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = places;
  });
});
