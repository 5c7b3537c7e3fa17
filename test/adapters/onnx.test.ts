import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { externalDataFiles } from '../../adapters/onnx/externalData.ts';
import { weightBytes } from '../../adapters/onnx/weightBytes.ts';
import { OrtGraphs } from '../../adapters/onnx/OrtGraphs.ts';
import { floatTensor } from '../../core/policy/Tensor.ts';
import { fixturePath, TINY_MODEL } from './model/tinyModel.ts';
import { field, GRAPH, INITIALIZER, tensor } from './protobuf.ts';

describe('externalDataFiles', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'st4vla-onnx-'))));
  after(() => rm(folder, { recursive: true }));

  async function filesOf(bytes: Buffer): Promise<readonly string[] | undefined> {
    const path = join(folder, 'graph.onnx');
    await writeFile(path, bytes);
    return externalDataFiles(path);
  }

  it('finds the files of weights, also within loops and attributes', async () => {
    const inner = field(INITIALIZER, tensor('inner.data'));
    const loop = field(1, field(5, field(6, inner)));
    const constant = field(1, field(5, field(5, tensor('constant.data'))));
    const graph = Buffer.concat([field(INITIALIZER, tensor('a.data')), loop, constant]);
    assert.deepEqual(await filesOf(field(GRAPH, graph)), ['a.data', 'inner.data', 'constant.data']);
  });

  it('finds none where there are none', async () => {
    assert.deepEqual(await externalDataFiles(fixturePath('slow_vision.onnx')), []);
    assert.deepEqual(await filesOf(Buffer.alloc(0)), []);
  });

  it('does not say that there are none where it cannot read to the end', async () => {
    const graph = field(GRAPH, field(INITIALIZER, tensor('a.data')));
    const group = Buffer.from([8 * 15 + 3, 8 * 15 + 4]); // skipped by other parsers
    for (const bytes of [
      Buffer.from('no graph'),
      graph.subarray(0, 90),
      Buffer.concat([group, graph]),
      Buffer.concat([graph, Buffer.from([1])]),
    ]) {
      assert.equal(await filesOf(bytes), undefined);
    }
  });

  it('is not misled by unusual ways to write the same', async () => {
    const weights = (...entry: Buffer[]) =>
      field(GRAPH, field(INITIALIZER, field(13, Buffer.concat(entry))));
    const [key, value] = [field(1, 'location'), field(2, 'a.data')];
    const graph = weights(key, value);
    const longTag = Buffer.from([0xba, 0x80, 0x80, 0x80, 0x10]); // of field 7, and bits beyond 32
    const inDefault = field(25, field(11, field(5, field(13, Buffer.concat([key, value])))));
    for (const bytes of [
      weights(value, key),
      weights(field(1, 'offset'), value, key),
      weights(key, field(2, 'b.data'), value),
      Buffer.concat([longTag, graph.subarray(1)]),
      inDefault,
    ]) {
      assert.deepEqual(await filesOf(bytes), ['a.data']);
    }
  });
});

describe('weightBytes', () => {
  it('counts the files outside of a graph, and none that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'st4vla-onnx-'));
    const path = join(folder, 'graph.onnx');
    const weights = ['a.data', 'b.data', 'lost.data'].map((name) =>
      field(INITIALIZER, tensor(name)),
    );
    await writeFile(path, field(GRAPH, Buffer.concat(weights)));
    await writeFile(join(folder, 'a.data'), '');
    await truncate(join(folder, 'a.data'), 5e9);
    await writeFile(join(folder, 'b.data'), '123');
    assert.equal(await weightBytes(path), 5e9 + 3);
    assert.equal(await weightBytes(join(TINY_MODEL, 'action_eye.onnx')), 0);
    await rm(folder, { recursive: true });
  });
});

describe('OrtGraphs', () => {
  const paths = new Map([['action_eye', join(TINY_MODEL, 'action_eye.onnx')]] as const);

  it('computes with the next best where what is asked for is not there, and says so', async () => {
    const graphs = await OrtGraphs.open(paths, { threads: 1, executionProvider: 'tensorrt' });
    const { asked, used, reason } = graphs.provider;
    await graphs.close();
    assert.equal(asked, 'tensorrt');
    // A machine that has it uses it.
    if (used === 'tensorrt') return;
    assert.match(reason!, /^tensorrt: .*TensorRT.*\(there is: cpu/s);
    if (used === 'cuda') return;
    assert.equal(used, 'cpu');
    assert.match(reason!, /; cuda: .*Cuda/s);
  });

  it('has nothing to say where it computes as asked', async () => {
    const graphs = await OrtGraphs.open(paths, { threads: 2, executionProvider: 'cpu' });
    await graphs.close();
    assert.deepEqual(graphs.provider, { asked: 'cpu', used: 'cpu', reason: undefined });
  });

  it('multiplies with 8-bit weights without overflow on every processor', async () => {
    const product = new Map([['planner_vision', fixturePath('int8_product.onnx')]] as const);
    const graphs = await OrtGraphs.open(product, { threads: 1, executionProvider: 'cpu' });
    const image = floatTensor(new Float32Array(2 * 64).fill(1), [2, 64]);
    const { image_features: features } = await graphs.run('planner_vision', { image });
    await graphs.close();
    const sums = Array.from({ length: 32 }, (_, i) => 64 - 2 * (i % 16));
    assert.deepEqual(
      Array.from(features!.data, (x) => Math.round(1e3 * x) / 1e3),
      sums,
    );
  });
});
