import assert from 'node:assert/strict';
import { parseManifest } from '../../../adapters/model/Manifest.ts';
import { type Json, tinyManifest } from './tinyModel.ts';

async function faultsOf(edit: (manifest: Json) => void): Promise<string[]> {
  const json = await tinyManifest();
  edit(json);
  const result = parseManifest(json);
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
    const faults = await faultsOf((manifest) => {
      delete manifest.licence;
      manifest.colour = 'red';
      manifest.action.horizon = 0;
      manifest.image.std = [1, 0, 1];
      manifest.prompt.template = 'no place for it';
      manifest.diffusion.inference_steps = 7;
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

  const cases: readonly [string, (manifest: Json) => void, RegExp][] = [
    ['another version', (m) => (m.format_version = 2), /^format_version: 1; 2$/],
    ['answers in words', (m) => (m.spatial.mode = 'text'), /spatial.mode: .*not supported yet/],
    ['a text for a number', (m) => (m.action.clip = '1'), /action.clip: a number above 0; "1"/],
    ['a key without statistics', (m) => (m.action.statistics_key = 'x'), /\(tiny, other\); "x"$/],
    [
      'a file that is not listed',
      (m) => (m.tokenizer.file = 'a.json'),
      /tokenizer.file: .*"a.json"/,
    ],
    [
      'a graph of another size',
      (m) => (m.image.width = 32),
      /graphs.planner_vision.inputs.image: float32 \[1,3,12,32\]; float32 \[1,3,12,16\]/,
    ],
    [
      'graphs that do not fit one another',
      (m) => (m.graphs.action_condition.outputs.cond.shape = [1, 3, 8]),
      /graphs.action_dit_step.inputs.cond: float32 \[1,3,8\]; float32 \[1,2,8\]/,
    ],
    [
      'an input that the runtime does not know',
      (m) => (m.graphs.action_eye.inputs.depth = { dtype: 'float32', shape: [1] }),
      /graphs.action_eye.inputs.depth: .*image/,
    ],
    [
      'guidance without its input',
      (m) => (m.diffusion.guidance_scale = 1.5),
      /diffusion.guidance_scale: 1, since action_dit_step has no input cfg_scale; 1.5/,
    ],
    ['proprioception undeclared', (m) => delete m.proprio, /^proprio: the section/],
    [
      'a rotation that is none',
      (m) => (m.proprio.home_orientation_xyzw = [1, 1, 0, 0]),
      /home_orientation_xyzw: a unit quaternion/,
    ],
  ];
  for (const [name, edit, expected] of cases) {
    it(`refuses ${name}`, async () => {
      const faults = await faultsOf(edit);
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        faults.join('\n') || 'no fault',
      );
    });
  }

  for (const path of ['../x.onnx', '/etc/passwd', 'a/../../x', 'c:\\x', 'a//b', './a']) {
    it(`refuses the path ${path}`, async () => {
      const faults = await faultsOf((manifest) => {
        manifest.files[path] = { sha256: '0'.repeat(64), bytes: 1 };
      });
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
