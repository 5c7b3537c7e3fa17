import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { widowx } from '../../core/embodiment/widowx.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { widowxFrontCamera } from '../../sim/render/CameraModel.ts';
import { columnsOf } from '../../lab/data/columns.ts';
import { ScriptedEpisodeRecorder } from '../../lab/data/ScriptedEpisodeRecorder.ts';
import { metaOf, openDataset } from '../../lab/data/meta.ts';
import { decodeNpy, encodeNpy } from '../../lab/data/npy.ts';
import type { DatasetSpec } from '../../lab/data/DatasetSpec.ts';
import { sceneSeed, shardRange } from '../../lab/data/DatasetSpec.ts';
import { hasShard, readShard, writeShard } from '../../lab/data/shards.ts';
import { StaticSampler } from '../../lab/data/StaticSampler.ts';
import { makeShards } from '../../lab/data/makeShards.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const urdfFile = new URL('../../../urdf/wx250s.urdf', import.meta.url).pathname;
const urdfText = readFileSync(urdfFile, 'utf8');

describe('npy', () => {
  it('round-trips every element type and shape', () => {
    for (const data of [Uint8Array.of(0, 255, 7), Int32Array.of(-5, 2 ** 31 - 1, 0)]) {
      assert.deepEqual(decodeNpy(encodeNpy({ shape: [3], data })), { shape: [3], data });
    }
    const data = Float32Array.of(0.5, -1e-20, 3, 4, 5, 6);
    assert.deepEqual(decodeNpy(encodeNpy({ shape: [3, 1, 2], data })), { shape: [3, 1, 2], data });
  });

  it('writes the header that NumPy writes', () => {
    const bytes = encodeNpy({ shape: [2, 3], data: new Float32Array(6) });
    assert.equal(bytes.length, 128 + 24);
    assert.equal(bytes.readUInt16LE(8), 118);
    const header = bytes.toString('latin1', 10, 128);
    assert.equal(header.trimEnd(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    assert.equal(header.at(-1), '\n');
  });

  it('refuses what it cannot read, and shapes that do not fit', () => {
    assert.throws(() => decodeNpy(Buffer.from('no')), /magic bytes/);
    const wrong = Buffer.from(encodeNpy({ shape: [1], data: Float32Array.of(1) }));
    wrong.write("'<f8'", wrong.indexOf("'<f4'"), 'latin1');
    assert.throws(() => decodeNpy(wrong), /unsupported .npy element type '<f8'/);
    assert.throws(() => encodeNpy({ shape: [2, 2], data: new Uint8Array(3) }), /needs 4 numbers/);
    const short = encodeNpy({ shape: [4], data: new Uint8Array(4) }).subarray(0, -1);
    assert.throws(() => decodeNpy(short), /holds 3 numbers, not 4/);
  });
});

describe('data sets', function () {
  this.timeout(60_000);

  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'st4vla-data-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const plan = (change: Partial<DatasetSpec> = {}): DatasetSpec => ({
    kind: 'static',
    robot: 'widowx',
    directory,
    count: 5,
    seed: 3,
    perShard: 3,
    instructions: 1,
    tasks: [],
    ...change,
  });

  it('give back the rows that were written, with their sentences', () => {
    const sampler = new StaticSampler(widowx, parseUrdf(urdfText));
    const rows = [300_000, 300_001, 300_002].map((seed) => sampler.sample(seed));
    writeShard(directory, 4, 'static', rows);
    const { columns, instructions } = readShard(directory, 4);
    assert.deepEqual(Object.keys(columns).sort(), Object.keys(columnsOf('static')).sort());
    assert.deepEqual(columns['image']!.shape, [3, 120, 160, 3]);
    for (const [i, row] of rows.entries()) {
      const id = columns['instruction_id']!.data[i]!;
      assert.equal(instructions[id], row.instruction);
      const image = columns['image']!.data.subarray(
        i * row.image.length,
        (i + 1) * row.image.length,
      );
      assert.deepEqual(image, row.image);
      assert.deepEqual(
        Array.from(columns['trajectory']!.data.slice(i * 16, i * 16 + 16)),
        Array.from(row.trajectory),
      );
    }
  });

  it('go on where they stopped, and give the same bytes again', async () => {
    let made = 0;
    const share = { index: 0, of: 1 };
    const count = (): Promise<void> =>
      makeShards(plan(), share, (report) => (made += report.resumed ? 0 : 1));
    await count();
    assert.equal(made, 5);
    assert.deepEqual(readdirSync(directory).sort(), ['shard-00000', 'shard-00001']);
    const points = readFileSync(join(directory, 'shard-00001', 'points.npy'));
    rmSync(join(directory, 'shard-00001'), { recursive: true });
    await count();
    assert.equal(made, 7, 'only the missing shard is made again');
    assert.ok(hasShard(directory, 1));
    assert.deepEqual(readFileSync(join(directory, 'shard-00001', 'points.npy')), points);
  });

  it('refuse a folder that was begun with other settings', () => {
    const home = { position: [0, 0, 0], orientation: [0, 0, 0, 1] } as const;
    openDataset(directory, metaOf(plan(), home));
    openDataset(directory, metaOf(plan(), home));
    assert.throws(() => openDataset(directory, metaOf(plan({ seed: 4 }), home)), /other settings/);
  });

  it('never use scenes of evaluation, nor the same scene twice', () => {
    assert.equal(sceneSeed(plan(), 4), 300_004);
    assert.equal(sceneSeed(plan({ kind: 'episodes' }), 4), 350_004);
    assert.ok(sceneSeed(plan({ kind: 'episodes', seed: 9, count: 50_000 }), 49_999) < 1_000_000);
    assert.throws(() => sceneSeed(plan({ seed: 10 }), 0), /--seed is an integer in 0…9/);
    assert.throws(() => sceneSeed(plan({ count: 50_001 }), 0), /--count is an integer in 1…50000/);
    assert.deepEqual(shardRange(plan(), 1), [3, 5]);
  });

  it('refuse a row whose column has the wrong length', () => {
    const row = new StaticSampler(widowx, parseUrdf(urdfText)).sample(1);
    assert.throws(
      () => writeShard(directory, 0, 'static', [{ ...row, boxes: [1, 2, 3] }]),
      /column 'boxes' needs 8 numbers, got 3/,
    );
  });
});

describe('labels', function () {
  this.timeout(60_000);

  it('lie on what they name: pick in the source’s box, grips around it, trajectory from the ee', () => {
    const sampler = new StaticSampler(widowx, parseUrdf(urdfText));
    for (let seed = 0; seed < 25; seed++) {
      const { points, boxes, trajectory } = sampler.sample(seed);
      const [x, y, , , ax, , bx] = Array.from(points);
      const [x1, y1, x2, y2] = Array.from(boxes);
      assert.ok(x! > x1! && x! < x2! && y! > y1! && y! < y2!, `seed ${seed}`);
      assert.ok(ax! <= x! && x! <= bx!, 'grip_a is left of grip_b');
      assert.equal(trajectory.length, 16);
    }
  });
});

describe('EpisodeRecorder', function () {
  this.timeout(60_000);

  it('labels each tick with a clean chunk whose first row was executed, or disturbed', async () => {
    const world = await SimWorld.create({ embodiment: widowx, urdfText });
    const recorder = new ScriptedEpisodeRecorder(world);
    const { rows, success } = recorder.record(77, 5);
    assert.ok(success);
    assert.ok(rows.length > 15 && rows.length < 70);
    for (const [i, row] of rows.entries()) {
      assert.equal(row.tick, i);
      assert.equal(row.episode, 5);
      assert.equal(row.actions.length, 16 * 7);
      assert.ok(Array.from(row.actions).every(Number.isFinite));
      const p = widowxFrontCamera.projectNormalised(
        [0, 1, 2].map((k) => row.proprio[k]!) as [number, number, number],
      )!;
      const off = Math.hypot(p.x - row.trajectory[0]!, p.y - row.trajectory[1]!);
      assert.ok(off < 0.03, `the trajectory begins ${off} away from the measured ee`);
    }
    const last = rows.at(-1)!;
    assert.deepEqual(Array.from(last.actions).slice(0, 7), [0, 0, 0, 0, 0, 0, 1]);
    assert.deepEqual(recorder.record(77, 5).rows, rows, 'the same seed gives the same episode');
    world.dispose();
  });
});
