import { readFile } from 'node:fs/promises';
import { type Fault, FaultError, showValue } from '../../core/config/Fault.ts';
import { FieldReader } from '../../core/config/FieldReader.ts';
import type { ExpertNetwork } from '../../core/policy/ExpertNetwork.ts';
import type { PlannerNetwork } from '../../core/policy/PlannerNetwork.ts';
import { postprocess } from '../../core/policy/postprocess.ts';
import { PromptEncoder } from '../../core/policy/PromptEncoder.ts';
import { type ModelPackage, readJson } from './ModelPackage.ts';

/** One input of a model and what the training framework computed from it. */
type Golden = {
  readonly instruction: string;
  readonly inputIds: readonly number[];
  readonly imageFile: string;
  readonly proprio: Float32Array | undefined;
  readonly noise: Float32Array;
  readonly expected: {
    readonly boxes: Float32Array;
    readonly points: Float32Array;
    readonly pointScores: Float32Array;
    readonly trajectory: Float32Array;
    readonly normalisedActions: Float32Array;
    readonly actions: Float32Array;
  };
};

/** How far one result of the golden run is from what it should be. */
export type GoldenDifference = { readonly field: string; readonly maxDifference: number };

export type GoldenReport = {
  readonly differences: readonly GoldenDifference[];
  readonly faults: readonly Fault[];
};

/** Runs the golden input through both halves; it also warms them up. */
export async function runGolden(
  modelPackage: ModelPackage,
  networks: { readonly planner: PlannerNetwork; readonly expert: ExpertNetwork },
): Promise<GoldenReport> {
  const { manifest, statistics, tokenizer } = modelPackage;
  const source = manifest.golden.file;
  const golden = await readGolden(modelPackage);
  const pixels = new Uint8Array(await readFile(modelPackage.pathOf(golden.imageFile)));
  const prompt = new PromptEncoder(manifest, tokenizer).encode(golden.instruction);
  const foundIds = prompt.ok ? Array.from(prompt.inputIds.data, Number) : prompt.reason;
  if (!prompt.ok || String(foundIds) !== String(golden.inputIds)) {
    const expected = showValue(golden.inputIds, 400);
    const fault = { source, field: 'input_ids', expected, found: showValue(foundIds, 400) };
    return { differences: [], faults: [fault] };
  }
  const answer = await networks.planner.forward({ pixels, inputIds: prompt.inputIds });
  const normalised = await networks.expert.forward({
    pixels,
    vlmProj: answer.vlmProj,
    proprio: golden.proprio,
    noise: golden.noise,
  });
  const { expected } = golden;
  const differences = [
    difference('expected.boxes', answer.boxes.data, expected.boxes),
    difference('expected.points', answer.points.data, expected.points),
    difference('expected.point_scores', answer.pointScores.data, expected.pointScores),
    difference('expected.trajectory', answer.trajectory.data, expected.trajectory),
    difference('expected.normalised_actions', normalised, expected.normalisedActions),
    difference(
      'expected.actions',
      postprocess(normalised, manifest.action, statistics),
      expected.actions,
    ),
  ];
  const { tolerance } = manifest.golden;
  const faults = differences
    .filter(({ maxDifference }) => !(maxDifference <= tolerance))
    .map(({ field, maxDifference }) => ({
      source,
      field,
      expected: `a difference of at most ${tolerance}`,
      found: `${maxDifference}`,
    }));
  return { differences, faults };
}

function difference(field: string, actual: Float32Array, expected: Float32Array): GoldenDifference {
  if (actual.length !== expected.length) return { field, maxDifference: Infinity };
  let maxDifference = 0;
  for (let i = 0; i < actual.length; i++) {
    maxDifference = Math.max(maxDifference, Math.abs(actual[i]! - expected[i]!));
  }
  return { field, maxDifference };
}

async function readGolden(modelPackage: ModelPackage): Promise<Golden> {
  const { manifest, folder } = modelPackage;
  const { image, action, spatial, golden } = manifest;
  const subject = `model package ${folder}`;
  const faults: Fault[] = [];
  const names = ['instruction', 'input_ids', 'image_file', 'proprio', 'noise', 'expected'];
  const root = new FieldReader(await readJson(folder, golden.file, subject), golden.file, faults);
  root.object(names);
  const expected = root.at('expected');
  const rows = (field: FieldReader, count: number, width: number) =>
    Float32Array.from(field.list((row) => row.numbers(width), count).flat());
  const imageFile = root.at('image_file').string();
  const bytes = image.views.length * image.height * image.width * 3;
  if (manifest.files.get(imageFile)?.bytes !== bytes) {
    root.at('image_file').fault(`one of the manifest's files, with ${bytes} bytes`);
  }
  const result: Golden = {
    instruction: root.at('instruction').string(),
    inputIds: root.at('input_ids').list((id) => id.integer({ min: 0 })),
    imageFile,
    proprio: manifest.proprio
      ? Float32Array.from(root.at('proprio').numbers(manifest.proprio.dim))
      : undefined,
    noise: rows(root.at('noise'), action.horizon, action.dim),
    expected: {
      boxes: rows(expected.at('boxes'), spatial.boxes.length, 4),
      points: rows(expected.at('points'), spatial.points.length, 2),
      pointScores: Float32Array.from(expected.at('point_scores').numbers(spatial.points.length)),
      trajectory: rows(expected.at('trajectory'), spatial.trajectory, 2),
      normalisedActions: rows(expected.at('normalised_actions'), action.horizon, action.dim),
      actions: rows(expected.at('actions'), action.horizon, action.dim),
    },
  };
  if (faults.length > 0) throw new FaultError(subject, faults);
  return result;
}
