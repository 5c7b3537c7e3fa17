import assert from 'node:assert/strict';
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zstd from '@foxglove/wasm-zstd';
import { findBags } from '../../../adapters/bags/findBags.ts';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { BAGS, contentsOf } from './bagContents.ts';

const SQLITE = join(BAGS, 'jazzy_sqlite3', 'jazzy_sqlite3.db3');
const MCAP = join(BAGS, 'zstd.mcap');

describe('the files of a bag', () => {
  let folder: string;
  let all: string;
  before(async () => {
    await zstd.isLoaded;
    folder = await mkdtemp(join(tmpdir(), 'st4vla-bagFile-'));
    all = (await read(MCAP)).contents;
  });
  after(() => rm(folder, { recursive: true }));

  async function read(path: string) {
    const bag = await openBag(path);
    const contents = JSON.stringify(await contentsOf(bag));
    await bag.close();
    return { contents, notices: bag.notices.join('\n') };
  }

  /** A bag's folder with this file, and metadata that names these. */
  async function make(
    name: string,
    files: readonly string[],
    version: number | undefined,
    ...copies: readonly (readonly [from: string, to: string])[]
  ): Promise<string> {
    const bag = join(folder, name);
    await mkdir(bag);
    for (const [from, to] of copies) await copyFile(from, join(bag, to));
    const paths = files.map((file) => `    - ${file}\n`).join('');
    const of = version === undefined ? '' : `  version: ${version}\n`;
    const text = `rosbag2_bagfile_information:\n${of}  relative_file_paths:\n${paths}`;
    await writeFile(join(bag, 'metadata.yaml'), text);
    return bag;
  }

  it('are found where each version of metadata.yaml says', async () => {
    const old = await make('dashing', ['dashing/a.db3'], 3, [SQLITE, 'a.db3']);
    const moved = join(folder, 'elsewhere', 'moved');
    await cp(old, moved, { recursive: true });
    const foxy = await make('foxy', ['foxy/a.db3'], 4, [SQLITE, 'a.db3']);
    const plain = await make('plain', ['a.db3'], 9, [SQLITE, 'a.db3']);
    const unknown = await make('unknown', ['a.db3'], undefined, [SQLITE, 'a.db3']);
    const absolute = await make('absolute', [join(folder, 'absolute', 'a.mcap')], 9, [
      MCAP,
      'a.mcap',
    ]);
    const capitals = await make('capitals', ['A.MCAP'], 9, [MCAP, 'A.MCAP']);
    for (const bag of [old, moved, foxy, plain, unknown, absolute, capitals]) {
      const { contents, notices } = await read(bag);
      assert.equal(contents, all, bag);
      assert.equal(notices, '', bag);
    }
  });

  it('may lie outside of its folder, as for rosbag2, which is said', async () => {
    await copyFile(MCAP, join(folder, 'outside.mcap'));
    const relative = await make('relative', ['../outside.mcap'], 9);
    const absolute = await make('far', [join(folder, 'outside.mcap')], 9);
    for (const bag of [relative, absolute]) {
      const { contents, notices } = await read(bag);
      assert.equal(contents, all);
      assert.match(notices, /outside\.mcap: outside of the bag's folder, as metadata\.yaml says/);
    }
  });

  it('are named where the one that is looked for is not there', async () => {
    const bag = await make('renamed', ['a.mcap'], 9, [MCAP, 'kitchen_0.mcap']);
    await assert.rejects(openBag(bag), /there is no such file; the folder has kitchen_0\.mcap/);
  });

  it('never show control characters of their names', async () => {
    const name = 'a\x1b]0;b\x07.mcap';
    const bag = await make('escapes', [JSON.stringify(`${name}x`)], 9, [MCAP, name]);
    await assert.rejects(openBag(bag), (error: Error) =>
      Array.from(error.message).every((one) => one === '\n' || one.codePointAt(0)! >= 0x20),
    );
  });

  it('compressed as a whole are read, packed or unpacked, with metadata.yaml or without', async () => {
    const bag = await make('whole', ['a.mcap.zstd'], 9);
    const packed = join(bag, 'a.mcap.zstd');
    await writeFile(packed, zstd.compress(await readFile(MCAP), 3));
    for (const path of [bag, packed]) {
      assert.equal((await read(path)).contents, all);
    }
    assert.equal((await read(packed)).notices.length, 0);
    const bytes = await readFile(packed);
    await writeFile(join(folder, 'cut.mcap.zstd'), bytes.subarray(0, bytes.length / 2));
    await assert.rejects(
      openBag(join(folder, 'cut.mcap.zstd')),
      /cut\.mcap\.zstd: expected a whole zstd frame/,
    );
    await copyFile(MCAP, join(bag, 'a.mcap'));
    await rm(join(bag, 'metadata.yaml'));
    assert.equal((await read(bag)).contents, all);
  });

  it('with compressed messages are read without metadata.yaml, too', async () => {
    const path = join(BAGS, 'message_zstd');
    const [file = ''] = (await readdir(path)).filter((name) => name.endsWith('.db3'));
    assert.equal((await read(join(path, file))).contents, all);
  });

  it('are one recording only where their names say so', async () => {
    const parts = join(folder, 'parts');
    await mkdir(parts);
    await copyFile(MCAP, join(parts, 'a_0.mcap'));
    await copyFile(MCAP, join(parts, 'a_1.mcap'));
    assert.deepEqual(await findBags(parts), [parts]);
    await rename(join(parts, 'a_1.mcap'), join(parts, 'b.mcap'));
    assert.deepEqual(await findBags(parts), [join(parts, 'a_0.mcap'), join(parts, 'b.mcap')]);
    await assert.rejects(
      openBag(parts),
      /several recordings without metadata\.yaml: name one of a_0/,
    );
  });

  it('are read by their names where metadata.yaml is too much, or no list of files', async () => {
    const huge = await make('huge', ['a.mcap'], 9, [MCAP, 'a.mcap']);
    const keys = Array.from({ length: 400_000 }, (_, i) => `key${i}: 1\n`).join('');
    await writeFile(join(huge, 'metadata.yaml'), keys);
    const list = await make('list', ['[1, 2]'], 9, [MCAP, 'a.mcap']);
    const bomb = await make('bomb', ['a.mcap'], 9, [MCAP, 'a.mcap']);
    await writeFile(join(bomb, 'metadata.yaml'), '&a [*a,'.repeat(20_000));
    for (const [bag, reason] of [
      [huge, /expected a file of at most 524288 bytes, found \d+; all files/],
      [list, /relative_file_paths: expected a list of files; all files/],
      [bomb, /metadata\.yaml: line 1: .*; all files/],
    ] as const) {
      const { contents, notices } = await read(bag);
      assert.equal(contents, all);
      assert.match(notices, reason);
    }
  });
});
