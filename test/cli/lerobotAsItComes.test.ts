import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBag } from '../../adapters/bags/openBag.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { encodePng } from '../../adapters/image/encodeImage.ts';
import type { Feature } from '../../adapters/lerobot/DatasetInfo.ts';
import { DatasetWriter, type RowValue } from '../../adapters/lerobot/DatasetWriter.ts';
import { nsFromStamp, stampFromNs } from '../../adapters/messages/time.ts';
import { runCaught } from './runCli.ts';

const LETTERS = 'abcdefgh'.split('');
const IMAGE: Feature = { dtype: 'image', shape: [4, 4, 3], names: ['height', 'width', 'channels'] };
const vector = (size: number): Feature => ({ dtype: 'float32', shape: [size], names: null });

type Joints = { header: { stamp: { sec: number; nanosec: number } }; name: string[] };

describe('datasets as others write them', () => {
  let folder: string;
  let count = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-datasets-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Two rows an episode. */
  async function dataset(
    cameras: readonly string[],
    more: ReadonlyMap<string, Feature> = new Map(),
    episodes = 1,
  ): Promise<string> {
    const path = join(folder, `set-${count++}`);
    const features = new Map([
      ['observation.state', vector(8)],
      ['action', vector(7)],
      ...cameras.map((name) => [name, IMAGE] as const),
      ...more,
    ]);
    const writer = await DatasetWriter.create(path, { robotType: 'arm', fps: 5, features });
    const pixels = { width: 4, height: 4, data: new Uint8Array(48).fill(99) };
    const picture = { pixels, bytes: await encodePng(pixels) };
    for (let row = 0; row < 2 * episodes; row++) {
      const values = new Map<string, RowValue>();
      for (const [name, { dtype, shape }] of features) {
        values.set(name, dtype === 'image' ? picture : new Float32Array(shape[0]!));
      }
      await writer.addRow({ task: 'stack the blocks', values });
      if (row % 2 === 1) writer.endEpisode({});
    }
    await writer.close();
    return path;
  }

  async function imported(path: string) {
    const out = join(folder, `bags-${count++}`);
    const { code, out: said } = await runCaught('lerobot', ['import', path, '--out', out]);
    const bags = (await readdir(out).catch(() => [])).map((name) => join(out, name));
    return { code, said, bags };
  }

  async function joints(path: string): Promise<Joints> {
    const bag = await openBag(path);
    const decoding = messageDecoder<Joints>(
      bag.topics.find(({ name }) => name === '/joint_states')!,
    );
    assert.ok(decoding.ok);
    for await (const { bytes } of bag.messages({ topics: ['/joint_states'] })) {
      await bag.close();
      return decoding.decode(bytes);
    }
    assert.fail('no joint states');
  }

  async function edit(
    path: string,
    change: (features: Record<string, { names: unknown }>) => void,
  ): Promise<void> {
    const file = join(path, 'meta', 'info.json');
    const info = JSON.parse(await readFile(file, 'utf8')) as {
      features: Parameters<typeof change>[0];
    };
    change(info.features);
    await writeFile(file, JSON.stringify(info));
  }

  it('finds an episode by its rows where the metadata name another file, or one that is not there', async () => {
    const path = await dataset([], new Map(), 3);
    const data = join(path, 'data', 'chunk-000');
    await rename(join(data, 'file-000.parquet'), join(data, 'file-001.parquet'));
    assert.equal((await imported(path)).bags.length, 3);
    const first = join(await dataset([]), 'data', 'chunk-000', 'file-000.parquet');
    await cp(first, join(data, 'file-000.parquet'));
    const { code, bags, said } = await imported(path);
    assert.equal(code, 0, said);
    assert.equal(bags.length, 3);
    await rm(join(data, 'file-001.parquet'));
    const rest = await imported(path);
    assert.equal(rest.code, 1);
    assert.equal(rest.bags.length, 1, 'one bad episode does not end the import');
    assert.match(rest.said, /left out: episode 2: .*expected rows of episode 2, found none/);
  });

  it('gives each number of the state its name, however they are nested', async () => {
    const left = LETTERS.slice(0, 4);
    const forms: readonly (readonly [unknown, readonly string[]])[] = [
      [LETTERS, LETTERS],
      [[LETTERS], LETTERS],
      [{ motors: LETTERS }, LETTERS],
      [{ motors: { left, right: LETTERS.slice(4) } }, LETTERS],
      [Object.fromEntries(LETTERS.map((name, i) => [name, i]).reverse()), LETTERS],
      [
        { left, right: left },
        ['left', 'right'].flatMap((side) => left.map((one) => `${side}_${one}`)),
      ],
      [['a', 'b'], LETTERS.map((_, i) => `state_${i}`)],
      [[1, {}], LETTERS.map((_, i) => `state_${i}`)],
    ];
    const path = await dataset([]);
    for (const [names, expected] of forms) {
      await edit(path, (features) => (features['observation.state']!.names = names));
      const { bags } = await imported(path);
      assert.deepEqual((await joints(bags[0]!)).name, expected, JSON.stringify(names));
    }
  });

  it('makes names of ROS 2 of cameras, and says so', async () => {
    const cameras = ['rgb.head', 'cam-high', 'cam.high', '0', 'front camera'];
    const path = await dataset([
      ...cameras.map((one) => `observation.images.${one}`),
      'wrist_image',
    ]);
    const { bags, said } = await imported(path);
    const bag = await openBag(bags[0]!);
    const views = bag.topics.flatMap(({ name, count: messages }) => {
      const view = /^\/camera\/(\w+)\/image_raw\/compressed$/.exec(name)?.[1];
      return view !== undefined && messages === 2 ? [view] : [];
    });
    await bag.close();
    const expected = ['_0', 'cam_high', 'cam_high_2', 'front_camera', 'rgb_head', 'wrist_image'];
    assert.deepEqual(
      views.toSorted((a, b) => (a < b ? -1 : 1)),
      expected,
    );
    assert.match(said, /note: observation\.images\.cam-high is the view cam_high/);
    assert.match((await imported(await dataset([]))).said, /imported without pictures/);
  });

  it('takes for a camera what is a picture by its type, not by its name', async () => {
    const more = new Map([['observation.images.depth_range', vector(4)]]);
    const { code, said, bags } = await imported(await dataset(['observation.images.top'], more));
    assert.equal(code, 0, said);
    const bag = await openBag(bags[0]!);
    const views = bag.topics.filter(({ name }) => name.startsWith('/camera/'));
    await bag.close();
    assert.deepEqual(
      views.map(({ name }) => name),
      ['/camera/top/image_raw/compressed'],
    );
  });

  it('leaves no bag of an episode that cannot be imported', async () => {
    const path = await dataset(['image']);
    await edit(path, (features) => (features['wrist'] = IMAGE));
    const { code, said, bags } = await imported(path);
    assert.equal(code, 2);
    assert.match(said, /left out: episode 0: wrist: no picture in row 0/);
    assert.deepEqual(bags, []);
  });

  it('says what a dataset between versions lacks', async () => {
    const path = await dataset([]);
    await rename(join(path, 'meta', 'tasks.parquet'), join(path, 'meta', 'tasks.jsonl'));
    const { code, said } = await imported(path);
    assert.equal(code, 2);
    assert.match(said, /tasks\.parquet: expected by version 3 .* found meta\/tasks\.jsonl/);
    assert.doesNotMatch(said, /ENOENT/);
  });

  it('writes no stamp that a message cannot hold', () => {
    for (const ns of [0n, 2n ** 31n * 1_000_000_000n - 1n])
      assert.equal(nsFromStamp(stampFromNs(ns)), ns);
    for (const ns of [-1n, 2n ** 31n * 1_000_000_000n]) {
      assert.throws(() => stampFromNs(ns), /expected a time from 1970 to 2038/);
    }
  });
});
