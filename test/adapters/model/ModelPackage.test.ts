import assert from 'node:assert/strict';
import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPolicy } from '../../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { type Isolation, ISOLATIONS } from '../../../adapters/model/openNetwork.ts';
import { FaultError } from '../../../core/config/Fault.ts';
import { editFile, editManifest, fixturePath, TINY_MODEL, withTinyModel } from './tinyModel.ts';
import { field, GRAPH, INITIALIZER, tensor } from '../protobuf.ts';

async function faultsOf(work: () => Promise<unknown>): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return error.faults.map(
      ({ source, field, expected, found }) => `${source} ${field}: ${expected}; ${found}`,
    );
  }
  return [];
}

describe('ModelPackage.load', () => {
  it('reads a whole package', async () => {
    const { manifest, statistics, tokenizer } = await ModelPackage.load(TINY_MODEL);
    assert.equal(manifest.name, 'tiny');
    assert.equal(statistics.get('widowx')?.q99[1], 0.05);
    assert.deepEqual(tokenizer.encode('put the spoon'), [9, 7, 10]);
  });

  it('names every file that is missing, short or changed', () =>
    withTinyModel(async (folder) => {
      const graph = join(folder, 'action_eye.onnx');
      const bytes = await readFile(graph);
      bytes[700]! ^= 1;
      await writeFile(graph, bytes);
      await rm(join(folder, 'golden_image.bin'));
      await writeFile(join(folder, 'tokenizer.json'), '{}');
      const faults = await faultsOf(() => ModelPackage.load(folder));
      assert.equal(faults.length, 3);
      assert.match(faults[0]!, /^action_eye.onnx sha256: [0-9a-f]{64}; [0-9a-f]{64}$/);
      assert.match(faults[1]!, /^golden_image.bin : a file in the package; no such file$/);
      assert.match(faults[2]!, /^tokenizer.json bytes: \d+; 2$/);
    }));

  it('does not follow a link out of the folder', () =>
    withTinyModel(async (folder) => {
      const file = join(folder, 'tokenizer.json');
      await rm(file);
      await symlink(join(TINY_MODEL, 'tokenizer.json'), file);
      const [fault] = await faultsOf(() => ModelPackage.load(folder));
      assert.match(fault!, /tokenizer.json : a file inside the package; a link to/);
    }));

  it('lists the statistics keys that exist', () =>
    withTinyModel(async (folder) => {
      await editManifest(folder, {
        'action/statistics_key': 'bridge',
        'statistics/keys': ['bridge'],
      });
      const faults = await faultsOf(() => ModelPackage.load(folder));
      assert.deepEqual(faults, [
        'manifest.json statistics.keys: the keys of dataset_statistics.json (tiny, other); ["bridge"]',
        'manifest.json action.statistics_key: ' +
          'one of the keys of dataset_statistics.json (tiny, other); "bridge"',
      ]);
    }));

  it('says what is wrong with the statistics', () =>
    withTinyModel(async (folder) => {
      const name = 'dataset_statistics.json';
      const bytes = await editFile(join(folder, name), {
        'tiny/action/q99/2': -1,
        'other/action/mask/6': true,
      });
      await editManifest(folder, { [`files/${name}/bytes`]: bytes });
      const faults = await faultsOf(() => ModelPackage.load(folder, { verifyHashes: false }));
      assert.equal(faults.length, 2);
      assert.match(faults[0]!, /tiny.action.q99: no number below that of q01/);
      assert.match(faults[1]!, /other.action.mask: false for the gripper, index 6/);
    }));

  it('says so where there is no package, or no JSON', () =>
    withTinyModel(async (folder) => {
      const manifest = join(folder, 'manifest.json');
      await writeFile(manifest, '{"name": ');
      assert.match((await faultsOf(() => ModelPackage.load(folder)))[0]!, /a JSON file; .*JSON/);
      await rename(manifest, join(folder, 'other.json'));
      assert.match((await faultsOf(() => ModelPackage.load(folder)))[0]!, /no such file/);
    }));
});

describe('weights outside of a graph', () => {
  for (const location of ['../../etc/passwd', '/etc/passwd', 'unlisted.data']) {
    it(`are refused where they are no file of the package: ${location}`, () =>
      withTinyModel(async (folder) => {
        const graph = field(GRAPH, field(INITIALIZER, tensor(location)));
        await writeFile(join(folder, 'action_eye.onnx'), graph);
        await editManifest(folder, { 'files/action_eye.onnx/bytes': graph.length });
        const faults = await faultsOf(() => ModelPackage.load(folder, { verifyHashes: false }));
        const expected = "action_eye.onnx external data: one of the manifest's files";
        assert.deepEqual(faults, [`${expected}; ${JSON.stringify(location)}`]);
      }));
  }

  it('are refused where nobody knows, since the graph cannot be read', () =>
    withTinyModel(async (folder) => {
      await writeFile(join(folder, 'action_eye.onnx'), 'no graph');
      await editManifest(folder, { 'files/action_eye.onnx/bytes': 8 });
      const faults = await faultsOf(() => ModelPackage.load(folder, { verifyHashes: false }));
      assert.deepEqual(faults, ['action_eye.onnx : an ONNX graph; something else']);
    }));

  it('belong to their graph where they are', () =>
    withTinyModel(async (folder) => {
      const graph = field(GRAPH, field(INITIALIZER, tensor('tokenizer.json')));
      await writeFile(join(folder, 'action_eye.onnx'), graph);
      await editManifest(folder, { 'files/action_eye.onnx/bytes': graph.length });
      const { weightFiles } = await ModelPackage.load(folder, { verifyHashes: false });
      assert.deepEqual(weightFiles.get('action_eye'), ['tokenizer.json']);
      assert.deepEqual(weightFiles.get('planner_llm'), []);
    }));
});

describe('createPolicy', () => {
  const embodiment = { name: 'widowx', tickSec: 0.2 };

  async function createFaults(folder: string, isolation: Isolation = 'none'): Promise<string[]> {
    const modelPackage = await ModelPackage.load(folder, { verifyHashes: false });
    return faultsOf(async () => {
      await (await createPolicy(modelPackage, { embodiment, isolation })).close();
    });
  }

  it('refuses graphs with other shapes than the manifest says', () =>
    withTinyModel(async (folder) => {
      await editManifest(folder, {
        'graphs/planner_llm/outputs/vlm_proj/shape': [1, 29, 8],
        'graphs/action_condition/inputs/vlm_proj/shape': [1, 29, 8],
      });
      assert.deepEqual(await createFaults(folder, 'thread'), [
        'planner_llm.onnx graphs.planner_llm.outputs.vlm_proj: ' +
          'float32 [1,29,8], as in the manifest; float32 [1,28,8]',
        'action_condition.onnx graphs.action_condition.inputs.vlm_proj: ' +
          'float32 [1,29,8], as in the manifest; float32 [1,28,8]',
      ]);
    }));

  it('refuses a model that computes something else than its golden run', () =>
    withTinyModel(async (folder) => {
      const golden = join(folder, 'golden.json');
      const bytes = await editFile(golden, { 'expected/points/0/1': 2 });
      await editManifest(folder, { 'files/golden.json/bytes': bytes });
      const faults = await createFaults(folder);
      assert.equal(faults.length, 1);
      assert.match(faults[0]!, /^golden.json expected.points: .* at most 0.0001; 1\.\d+$/);
    }));

  it('refuses a tokenizer that gives other ids than the golden run', () =>
    withTinyModel(async (folder) => {
      const bytes = await editFile(join(folder, 'golden.json'), { 'input_ids/0': 3 });
      await editManifest(folder, { 'files/golden.json/bytes': bytes });
      assert.match((await createFaults(folder))[0]!, /^golden.json input_ids: \[3,.*; \[2,/);
    }));

  for (const isolation of ISOLATIONS) {
    it(`names a graph that cannot be loaded, isolation ${isolation}`, () =>
      withTinyModel(async (folder) => {
        const empty = field(GRAPH, '');
        await writeFile(join(folder, 'action_condition.onnx'), empty);
        await editManifest(folder, { 'files/action_condition.onnx/bytes': empty.length });
        const modelPackage = await ModelPackage.load(folder, { verifyHashes: false });
        await assert.rejects(
          createPolicy(modelPackage, { embodiment, isolation }),
          /action_condition.onnx is no graph that ONNX Runtime can load/,
        );
      }));
  }

  it('refuses to move another arm', async () => {
    const modelPackage = await ModelPackage.load(TINY_MODEL);
    const other = { name: 'google_robot', tickSec: 1 / 3 };
    const faults = await faultsOf(() =>
      createPolicy(modelPackage, { embodiment: other, isolation: 'none' }),
    );
    assert.deepEqual(faults, ['policy embodiment: the arm of the model, widowx; google_robot']);
  });
});

describe('the tokenizer', () => {
  it("gives the ids of Python's tokenizers", async () => {
    const { tokenizer } = await ModelPackage.load(TINY_MODEL);
    const golden = JSON.parse(await readFile(fixturePath('tokens_golden.json'), 'utf8')) as {
      cases: { text: string; ids: number[] }[];
    };
    for (const { text, ids } of golden.cases) assert.deepEqual(tokenizer.encode(text), ids, text);
  });
});
