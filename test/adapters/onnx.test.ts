import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { externalDataFiles } from '../../adapters/onnx/externalData.ts';
import { OrtGraphs } from '../../adapters/onnx/OrtGraphs.ts';
import { fixturePath, TINY_MODEL } from './model/tinyModel.ts';
import { field, GRAPH, INITIALIZER, tensor } from './protobuf.ts';

describe('externalDataFiles', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'st4vla-onnx-'))));
  after(() => rm(folder, { recursive: true }));

  async function filesOf(bytes: Buffer): Promise<readonly string[]> {
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

  it('finds none where there are none, or where there is no graph', async () => {
    assert.deepEqual(await externalDataFiles(fixturePath('slow_vision.onnx')), []);
    assert.deepEqual(await filesOf(Buffer.from('no graph')), []);
    assert.deepEqual(await filesOf(Buffer.alloc(0)), []);
    assert.deepEqual(
      await filesOf(field(GRAPH, field(INITIALIZER, tensor('a.data'))).subarray(0, 90)),
      [],
    );
  });
});

describe('OrtGraphs', () => {
  const paths = new Map([['action_eye', join(TINY_MODEL, 'action_eye.onnx')]] as const);

  it('computes on the CPU where what is asked for is not there, and says so', async () => {
    const graphs = await OrtGraphs.open(paths, { threads: 1, executionProvider: 'tensorrt' });
    const { asked, used, reason } = graphs.provider;
    await graphs.close();
    assert.equal(asked, 'tensorrt');
    // A machine that has it uses it.
    if (used === 'tensorrt') return;
    assert.equal(used, 'cpu');
    assert.match(reason!, /TensorRT.*\(there is: cpu/s);
  });

  it('has nothing to say where it computes as asked', async () => {
    const graphs = await OrtGraphs.open(paths, { threads: 2, executionProvider: 'cpu' });
    await graphs.close();
    assert.deepEqual(graphs.provider, { asked: 'cpu', used: 'cpu', reason: undefined });
  });
});
