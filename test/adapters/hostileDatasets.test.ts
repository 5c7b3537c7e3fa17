import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetReader } from '../../adapters/lerobot/DatasetReader.ts';
import { openParquet } from '../../adapters/lerobot/openParquet.ts';
import { Random } from '../../core/math/random.ts';
import { packageRoot } from '../../setup/paths.mjs';

const PICTURES = join(packageRoot, 'test', 'fixtures', 'lerobot', 'pictures');

describe('datasets that are made to harm', () => {
  let folder: string;
  before(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'st4vla-dataset-')), 'set');
    cpSync(PICTURES, folder, { recursive: true });
  });
  after(() => rmSync(join(folder, '..'), { recursive: true }));

  const readAll = async (): Promise<number> => {
    const dataset = await DatasetReader.open(folder);
    let rows = 0;
    for (const episode of dataset.episodes.slice(0, 100)) {
      for await (const _ of dataset.rows(episode)) rows += 1;
    }
    return rows;
  };
  const withFile = async <T>(path: string, bytes: Uint8Array, work: () => Promise<T>) => {
    const whole = readFileSync(path);
    writeFileSync(path, bytes);
    try {
      return await work();
    } finally {
      writeFileSync(path, whole);
    }
  };
  const tables = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.parquet'))
      .map((name) => join(folder, name));

  it('never lead out of their folder', async () => {
    const info = join(folder, 'meta', 'info.json');
    const json = JSON.parse(readFileSync(info, 'utf8')) as object;
    for (const path of ['../set/data.parquet', '/etc/passwd', 'data/../../x.parquet']) {
      const text = JSON.stringify({ ...json, data_path: path });
      await withFile(info, Buffer.from(text), async () => {
        await assert.rejects(readAll(), /expected paths inside the dataset, found/);
      });
    }
  });

  it('are refused in words where their information is none', async () => {
    const info = join(folder, 'meta', 'info.json');
    for (const text of ['', '[', 'null', '"\x1b[2J"', '{"features": null}']) {
      await withFile(info, Buffer.from(text), async () => {
        await assert.rejects(readAll(), /dataset .*info\.json: \d+ faults?/);
      });
    }
  });

  it('are refused where a footer is longer than any, or a file is none', async () => {
    const [path = ''] = tables();
    const whole = readFileSync(path);
    const bytes = Buffer.from(whole);
    bytes.writeUInt32LE(0xfffffff0, bytes.length - 8);
    await withFile(path, bytes, async () => {
      await assert.rejects(openParquet(path), /expected a footer of at most 67108864 bytes/);
    });
    await withFile(path, Buffer.from('PAR1'), async () => {
      await assert.rejects(openParquet(path), /no Parquet file/);
    });
  });

  it('are read or refused, whatever byte of a table is wrong, in little memory', async () => {
    const random = new Random(5n);
    const upTo = (end: number) => Math.floor(random.uniform() * end);
    const expected = await readAll();
    assert.ok(expected > 0);
    const counts = { read: 0, refused: 0 };
    const before = process.memoryUsage().rss;
    for (const path of tables()) {
      const whole = readFileSync(path);
      for (let i = 0; i < 60; i++) {
        const bytes = Buffer.from(whole);
        // Half of them in the description at the end.
        const from = i % 2 === 0 ? 0 : bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
        bytes[Math.max(0, from) + upTo(bytes.length - Math.max(0, from))] = upTo(256);
        try {
          await withFile(path, bytes, readAll);
          counts.read += 1;
        } catch (error) {
          assert.ok(error instanceof Error);
          counts.refused += 1;
        }
      }
    }
    assert.ok(counts.read > 10 && counts.refused > 10, JSON.stringify(counts));
    const grownBy = process.memoryUsage().rss - before;
    assert.ok(grownBy < 600e6, `${grownBy / 1e6} MB more`);
  });
});
