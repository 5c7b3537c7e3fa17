import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { isMet } from '../../cli/bench/Figure.ts';
import { modelFigures } from '../../cli/bench/modelFigures.ts';
import { TimedGraphs } from '../../cli/bench/TimedGraphs.ts';
import { GRAPH_NAMES } from '../../core/policy/ModelSpec.ts';
import { floatTensor } from '../../core/policy/Tensor.ts';
import {
  editFile,
  editManifest,
  TALKING_MODEL,
  TINY_MODEL,
  withTinyModel,
} from '../adapters/model/tinyModel.ts';

describe('figures of a model', () => {
  const options = { threads: 1, repeat: 3 };

  async function valuesOf(model: string): Promise<Map<string, number>> {
    const figures = await modelFigures({ ...options, model });
    return new Map(figures.map(({ name, value }) => [name, value]));
  }

  it('are those of its graphs, of a plan and of a chunk', async () => {
    const values = await valuesOf(TALKING_MODEL);
    const acting = ['planner_vision', 'planner_llm', 'action_eye', 'action_condition'];
    const graphs = [...acting, 'action_dit_step', 'planner_llm_kv', 'planner_llm_decode'];
    const chunk = [...values.keys()].find((name) => name.startsWith('chunk of '))!;
    const steps = Number(/\d+/.exec(chunk));
    const names = [...graphs, 'plan', chunk];
    const processor = names.map((name) => `${name}, processor time`);
    const golden = 'golden run, largest difference';
    assert.deepEqual([...values.keys()], [...names, ...processor, golden]);
    const of = (name: string) => values.get(name)!;
    for (const name of graphs) assert.ok(of(name) > 0, name);
    assert.equal(of('plan'), of('planner_vision') + of('planner_llm'));
    const expected = of('action_eye') + of('action_condition') + steps * of('action_dit_step');
    assert.equal(of(chunk), expected);
  });

  it('leave out answers where there are none', async () => {
    assert.ok(!(await valuesOf(TINY_MODEL)).has('planner_llm_kv'));
  });

  it('tell when the model computes something else than its golden run', () =>
    withTinyModel(async (folder) => {
      const golden = join(folder, 'golden.json');
      const bytes = await editFile(golden, { 'expected/actions/0/1': 2 });
      const sha256 = createHash('sha256')
        .update(await readFile(golden))
        .digest('hex');
      await editManifest(folder, { 'files/golden.json': { bytes, sha256 } });
      const figures = await modelFigures({ ...options, model: folder });
      assert.equal(isMet(figures.at(-1)!), false);
    }));
});

describe('TimedGraphs', () => {
  it('warms up a graph that it opens, measures it, and has one open at a time', async () => {
    const modelPackage = await ModelPackage.load(TINY_MODEL);
    const { width, height } = modelPackage.manifest.image;
    const timed = new TimedGraphs(
      modelPackage.pathsOf(GRAPH_NAMES),
      { threads: 1, executionProvider: 'cpu' },
      4,
    );
    const image = floatTensor(new Float32Array(3 * width * height), [1, 3, height, width]);
    const first = await timed.run('action_eye', { image });
    await timed.run('action_eye', { image });
    await timed.run('planner_vision', { image });
    const again = await timed.run('action_eye', { image });
    await timed.close();
    assert.deepEqual(again['eye_tokens'], first['eye_tokens']);
    const counts = [...timed.times].map(([name, times]) => [name, times.length]);
    assert.deepEqual(counts, [
      ['action_eye', 9],
      ['planner_vision', 4],
    ]);
    await assert.rejects(timed.run('planner_llm_kv', {}), /the model has no graph planner_llm_kv/);
  });
});
