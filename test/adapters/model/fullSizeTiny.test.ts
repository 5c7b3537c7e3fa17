import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPolicy, type LocalPolicy } from '../../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import type { Observation } from '../../../core/observation/Observation.ts';
import type { AnswerKind } from '../../../core/plan/AnswerKind.ts';
import { mropePositions } from '../../../core/policy/mropePositions.ts';
import { PromptEncoder } from '../../../core/policy/PromptEncoder.ts';
import { runCli } from '../../cli/runCli.ts';
import {
  type Edits,
  editManifest,
  fixturePath,
  tinyObservation,
  withTinyModel,
} from './tinyModel.ts';

const FOLDER = fixturePath('full-size-tiny');
/** Tokens to which the golden answers go. */
const LONGEST = 32;

type Tokens = {
  readonly instruction: string;
  readonly views: number;
  readonly text: string;
  readonly ids: readonly number[];
};
type Positions = { readonly ids: readonly number[]; readonly position_ids: unknown };
type Answer = {
  readonly instruction: string;
  readonly kind: AnswerKind;
  readonly ids: readonly number[];
  readonly text: string;
};

/** Made by the reference in torch, by transformers and by Python's tokenizers. */
function golden<T>(name: string): readonly T[] {
  const path = fixturePath(`../golden/full-size/${name}.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: readonly T[] }).cases;
}

describe('a model of the full-size architecture', () => {
  let modelPackage: ModelPackage;
  let policy: LocalPolicy;
  let seen: Observation;

  before(async () => {
    modelPackage = await ModelPackage.load(FOLDER);
    const embodiment = { name: 'widowx', tickSec: 0.2 };
    policy = await createPolicy(modelPackage, {
      embodiment,
      isolation: 'none',
      answersAtOnce: true,
    });
    seen = await observe();
  });

  after(() => policy.close());

  /** The golden pictures. */
  async function observe(): Promise<Observation> {
    const { width, height, views } = modelPackage.manifest.image;
    const pixels = await readFile(modelPackage.pathOf('golden_image.bin'));
    const size = width * height * 3;
    return {
      ...tinyObservation(1n),
      views: views.map((name, i) => ({
        name,
        image: { width, height, data: new Uint8Array(pixels.subarray(i * size, (i + 1) * size)) },
        stampNs: 0n,
      })),
    };
  }

  it('computes the chunks that torch computed, before and after post-processing', () => {
    const differences = policy.golden!.differences;
    assert.deepEqual(
      differences.map(({ field }) => field),
      ['expected.normalised_actions', 'expected.actions'],
    );
    for (const { field, maxDifference } of differences) {
      assert.ok(maxDifference <= 1e-4, `${field}: ${maxDifference}`);
    }
  });

  it('acts on old tokens of the same pictures as in lock-step', async () => {
    const dark = seen.views.map((view) => {
      const data = view.image.data.map((level) => level >> 1);
      return { ...view, image: { ...view.image, data } };
    });
    const { tokens: old } = await policy.planner.plan(seen, 'put the spoon on the towel', 0);
    const { tokens: other } = await policy.planner.plan({ ...seen, views: dark }, 'open it', 0);
    const { tokens: fresh } = await policy.planner.plan(seen, 'put the spoon on the towel', 0);
    const act = async (tokens: typeof old) => (await policy.expert.act(seen, tokens)).actions;
    const [stale, lockStep, wrong] = [await act(old), await act(fresh), await act(other)];
    const apart = (a: Float32Array) => Math.max(...a.map((x, i) => Math.abs(x - lockStep[i]!)));
    assert.ok(apart(stale) <= 1e-5, `${apart(stale)}`);
    assert.ok(apart(wrong) > 1e-4, 'the tokens matter');
  });

  it("gives the tokens of Python's tokenizers", () => {
    const cases = golden<Tokens>('tokens');
    assert.ok(cases.length >= 20);
    for (const { text, ids } of cases) {
      assert.deepEqual(modelPackage.tokenizer.encode(text), ids, text);
    }
  });

  it("builds the conversations that transformers' chat template builds, for any views", () => {
    const { manifest, tokenizer } = modelPackage;
    for (const { instruction, views, ids } of golden<Tokens>('tokens')) {
      const names = Array.from({ length: views }, (_, i) => `view ${i}`);
      const spec = { ...manifest, image: { ...manifest.image, views: names } };
      const prompt = new PromptEncoder(spec, tokenizer).encode(instruction);
      assert.ok(prompt.ok, instruction);
      assert.deepEqual(Array.from(prompt.inputIds.data, Number), ids, instruction);
    }
  });

  it("gives the positions of transformers' Qwen2.5-VL", () => {
    const { chat } = modelPackage.manifest.prompt;
    const cases = golden<Positions>('mrope');
    assert.ok(cases.length > 1);
    for (const { ids, position_ids: expected } of cases) {
      const found = Array.from(mropePositions(ids, chat!).ids.data, Number);
      assert.deepEqual(found, [expected].flat(4));
    }
  });

  it('answers in the words of torch, token by token', async () => {
    const cases = golden<Answer>('answers');
    assert.ok(cases.length >= 20);
    const about = await policy.planner.plan(seen, 'put the spoon on the towel', 0);
    for (const { instruction, kind, ids, text } of cases) {
      const answer = await policy.answers!.ask({ kind, about, instruction });
      const compared = ids.length < LONGEST ? answer!.ids : answer!.ids.slice(0, LONGEST);
      assert.deepEqual(compared, ids, `${kind}: ${instruction}`);
      assert.equal(modelPackage.tokenizer.decode(ids), text);
    }
  });

  async function check(damage: (folder: string) => Promise<unknown>): Promise<string> {
    let result = { code: 0, out: '' };
    await withTinyModel(async (folder) => {
      await damage(folder);
      result = await runCli('check', folder);
    }, FOLDER);
    assert.equal(result.code, 2, result.out);
    return result.out;
  }

  it('is whole as it is', async () => {
    const { code, out } = await runCli('check', FOLDER);
    assert.equal(code, 0, out);
    assert.match(out, /golden answers +boxes, points, trajectory: the same tokens/);
  });

  it('is refused with a flipped byte in its weights', async () => {
    const out = await check(async (folder) => {
      const path = join(folder, 'planner_llm.data');
      const bytes = await readFile(path);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(path, bytes);
    });
    assert.match(out, /^planner_llm.data +sha256 +[0-9a-f]{64} +[0-9a-f]{64}$/m);
  });

  it('is refused without one of its files', async () => {
    const out = await check((folder) => rm(join(folder, 'action_eye.data')));
    assert.match(out, /^action_eye.data +a file in the package +no such file$/m);
  });

  const { vlm_proj: shape } = { vlm_proj: [1, 'L', 3] };
  const edits: readonly (readonly [string, Edits, RegExp])[] = [
    [
      'another shape than its graph has',
      {
        'graphs/planner_llm/outputs/vlm_proj/shape': shape,
        'graphs/action_condition/inputs/vlm_proj/shape': shape,
      },
      /^planner_llm.onnx +graphs.planner_llm.outputs.vlm_proj +float32 \[1,L,3\], as in the manifest +float32 \[1,\w+,\d+\]$/m,
    ],
    [
      'a key that is not in its statistics',
      { 'embodiments/widowx/statistics_key': 'bridge' },
      /embodiments.widowx.statistics_key +one of statistics.keys \(\w+, \w+\) +"bridge"/,
    ],
    [
      'an arm without a key',
      { 'embodiments/google_robot/statistics_key': undefined },
      /embodiments.google_robot.statistics_key +a text that is not empty +nothing/,
    ],
    [
      'a path that leads outside',
      { 'tokenizer/file': '../tokenizer.json' },
      /tokenizer.file +one of the names in files +"..\/tokenizer.json"/,
    ],
  ];
  for (const [what, change, expected] of edits) {
    it(`is refused with ${what}`, async () => {
      assert.match(await check((folder) => editManifest(folder, change)), expected);
    });
  }

  it('is refused with a file outside of the package', async () => {
    const out = await check(async (folder) => {
      const path = join(folder, 'manifest.json');
      const manifest = JSON.parse(await readFile(path, 'utf8'));
      manifest.files['../outside.data'] = manifest.files['planner_llm.data'];
      await writeFile(path, JSON.stringify(manifest));
    });
    assert.match(out, /files...\/outside.data +a relative path that stays inside the package/);
  });
});
