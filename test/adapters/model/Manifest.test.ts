import assert from 'node:assert/strict';
import { parseManifest } from '../../../adapters/model/Manifest.ts';
import { type Edits, tinyManifest } from './tinyModel.ts';

async function faultsOf(edits: Edits): Promise<string[]> {
  const result = parseManifest(await tinyManifest(edits));
  return result.ok
    ? []
    : result.faults.map(({ field, expected, found }) => `${field}: ${expected}; ${found}`);
}

describe('parseManifest', () => {
  it('reads a complete manifest', async () => {
    const result = parseManifest(await tinyManifest());
    assert.ok(result.ok);
    const { manifest } = result;
    assert.equal(manifest.name, 'tiny');
    assert.deepEqual(manifest.graphs.action_dit_step.inputs.get('x'), {
      dtype: 'float32',
      shape: [1, 16, 7],
    });
    assert.equal(manifest.diffusion.timestepSpacing, 'trailing');
    assert.equal(manifest.image.eye.scale, manifest.image.planner.scale);
  });

  it('lists everything that is wrong at once', async () => {
    const faults = await faultsOf({
      licence: undefined,
      colour: 'red',
      'action/horizon': 0,
      'image/std': [1, 0, 1],
      'prompt/template': 'no place for it',
      'diffusion/inference_steps': 7,
    });
    assert.deepEqual(
      faults.map((fault) => fault.split(':')[0]!).sort(),
      [
        'action.horizon',
        'colour',
        'diffusion.inference_steps',
        'ensemble.horizon',
        'execution_horizon',
        'image.std[1]',
        'licence',
        'prompt.template',
      ].sort(),
    );
  });

  const cases: readonly (readonly [string, Edits, RegExp])[] = [
    ['another version', { format_version: 2 }, /^format_version: 1; 2$/],
    ['a text for a number', { 'action/clip': '1' }, /action.clip: a number above 0; "1"/],
    ['a key without statistics', { 'action/statistics_key': 'x' }, /\(tiny, other\); "x"$/],
    ['an unlisted file', { 'tokenizer/file': 'a.json' }, /tokenizer.file: .*"a.json"/],
    [
      'a graph of another size',
      { 'image/width': 32 },
      /graphs.planner_vision.inputs.image: float32 \[1,3,12,32\]; float32 \[1,3,12,16\]/,
    ],
    [
      'graphs that do not fit one another',
      { 'graphs/action_condition/outputs/cond/shape': [1, 3, 8] },
      /graphs.action_dit_step.inputs.cond: float32 \[1,3,8\]; float32 \[1,2,8\]/,
    ],
    [
      'an input that the runtime does not know',
      { 'graphs/action_eye/inputs/depth': { dtype: 'float32', shape: [1] } },
      /graphs.action_eye.inputs.depth: .*image/,
    ],
    [
      'guidance without its input',
      { 'diffusion/guidance_scale': 1.5 },
      /diffusion.guidance_scale: 1, since action_dit_step has no input cfg_scale; 1.5/,
    ],
    ['undeclared proprioception', { proprio: undefined }, /^proprio: the section/],
    [
      'a rotation that is none',
      { 'proprio/home_orientation_xyzw': [1, 1, 0, 0] },
      /home_orientation_xyzw: a unit quaternion/,
    ],
  ];
  for (const [name, edits, expected] of cases) {
    it(`refuses ${name}`, async () => {
      const faults = await faultsOf(edits);
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        faults.join('\n') || 'no fault',
      );
    });
  }

  for (const path of ['../x.onnx', '/etc/passwd', 'a/../../x', 'c:\\x', 'a//b', './a']) {
    it(`refuses the path ${path}`, async () => {
      const { files } = (await tinyManifest()) as { files: object };
      const file = { sha256: '0'.repeat(64), bytes: 1 };
      const faults = await faultsOf({ files: { ...files, [path]: file } });
      assert.equal(faults.length, 1);
      assert.match(faults[0]!, /a relative path that stays inside the package/);
    });
  }

  for (const junk of [null, 1, 'x', [], {}]) {
    it(`refuses ${JSON.stringify(junk)} without crashing`, () => {
      assert.ok(!parseManifest(junk).ok);
    });
  }
});
