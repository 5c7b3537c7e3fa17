import { readBoundedBytes } from '../files/readBounded.ts';
import { type Fault, showValue } from '../../core/config/Fault.ts';
import type { AnswerNetwork } from '../../core/policy/AnswerNetwork.ts';
import { decodeAnswer } from '../../core/policy/decodeAnswer.ts';
import type { ExpertNetwork } from '../../core/policy/ExpertNetwork.ts';
import type { PlannerNetwork, PlannerOutput } from '../../core/policy/PlannerNetwork.ts';
import { postprocess } from '../../core/policy/postprocess.ts';
import type { PromptEncoder } from '../../core/policy/PromptEncoder.ts';
import type { FloatTensor } from '../../core/policy/Tensor.ts';
import { type Golden, readGolden } from './golden.ts';
import type { ModelPackage } from './ModelPackage.ts';

/** Of all views together, bytes. */
const LARGEST_PICTURE = 1 << 28;

/** Tokens of a golden answer that are compared. */
const MAX_GOLDEN_TOKENS = 32;

/** How far one result of the golden run is from what it should be. */
export type GoldenDifference = { readonly field: string; readonly maxDifference: number };

export type GoldenReport = {
  readonly differences: readonly GoldenDifference[];
  readonly faults: readonly Fault[];
  /** What the language model saw; absent where the run did not come so far. */
  readonly imageFeatures: FloatTensor | undefined;
};

/** Runs the golden input through both halves; it also warms them up. */
export async function runGolden(
  modelPackage: ModelPackage,
  networks: { readonly planner: PlannerNetwork; readonly expert: ExpertNetwork },
  prompts: PromptEncoder,
): Promise<GoldenReport> {
  const { manifest } = modelPackage;
  const source = manifest.golden.file;
  const golden = await readGolden(modelPackage);
  const pixels = new Uint8Array(
    readBoundedBytes(modelPackage.pathOf(golden.imageFile), LARGEST_PICTURE),
  );
  const prompt = prompts.encode(golden.instruction);
  const foundIds = prompt.ok ? Array.from(prompt.inputIds.data, Number) : prompt.reason;
  if (!prompt.ok || String(foundIds) !== String(golden.inputIds)) {
    const fault = faultOfIds(source, 'input_ids', golden.inputIds, foundIds);
    return { differences: [], faults: [fault], imageFeatures: undefined };
  }
  const answer = await networks.planner.forward({ pixels, ...prompt });
  const normalised = await networks.expert.forward({
    pixels,
    vlmProj: answer.vlmProj,
    proprio: golden.proprio,
    prefix: golden.prefix,
    noise: golden.noise,
  });
  const { expected, embodiment } = golden;
  const actions = postprocess(normalised, manifest.action, modelPackage.statisticsOf(embodiment));
  const differences = [
    ...headDifferences(answer, expected),
    difference('expected.normalised_actions', normalised, expected.normalisedActions),
    difference('expected.actions', actions, expected.actions),
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
  return { differences, faults, imageFeatures: answer.imageFeatures };
}

/** Has the golden questions answered; words must be the same to the last. */
export async function runGoldenAnswers(
  modelPackage: ModelPackage,
  network: AnswerNetwork,
  { prompts, imageFeatures }: { prompts: PromptEncoder; imageFeatures: FloatTensor },
): Promise<Fault[]> {
  const { spatial, golden: section } = modelPackage.manifest;
  if (spatial.mode !== 'text') return [];
  const { instruction, expected } = await readGolden(modelPackage);
  const maxNewTokens = Math.min(MAX_GOLDEN_TOKENS, spatial.maxNewTokens);
  const faults: Fault[] = [];
  for (const [kind, answer] of expected.answers) {
    const prompt = prompts.encodeQuestion(kind, instruction);
    const decoded = prompt.ok
      ? await decodeAnswer(network, { prompt, imageFeatures }, { ...spatial, maxNewTokens })
      : undefined;
    const found = prompt.ok ? decoded?.ids : prompt.reason;
    if (String(found) === String(answer.ids)) continue;
    faults.push(faultOfIds(section.file, `expected.answers.${kind}.ids`, answer.ids, found));
  }
  return faults;
}

function headDifferences({ heads }: PlannerOutput, expected: Golden['expected']) {
  if (!heads || !expected.heads) return [];
  return [
    difference('expected.boxes', heads.boxes.data, expected.heads.boxes),
    difference('expected.points', heads.points.data, expected.heads.points),
    difference('expected.point_scores', heads.pointScores.data, expected.heads.pointScores),
    difference('expected.trajectory', heads.trajectory.data, expected.heads.trajectory),
  ];
}

function difference(field: string, actual: Float32Array, expected: Float32Array): GoldenDifference {
  if (actual.length !== expected.length) return { field, maxDifference: Infinity };
  let maxDifference = 0;
  for (let i = 0; i < actual.length; i++) {
    maxDifference = Math.max(maxDifference, Math.abs(actual[i]! - expected[i]!));
  }
  return { field, maxDifference };
}

function faultOfIds(source: string, field: string, expected: unknown, found: unknown): Fault {
  return { source, field, expected: showValue(expected, 400), found: showValue(found, 400) };
}
