import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { readGolden } from '../../adapters/model/golden.ts';
import { runGolden } from '../../adapters/model/goldenRun.ts';
import { FaultError } from '../../core/config/Fault.ts';
import { GraphAnswerNetwork } from '../../core/policy/AnswerNetwork.ts';
import { decodeAnswer } from '../../core/policy/decodeAnswer.ts';
import { GraphExpertNetwork } from '../../core/policy/ExpertNetwork.ts';
import { GRAPH_NAMES, type GraphName } from '../../core/policy/ModelSpec.ts';
import { GraphPlannerNetwork } from '../../core/policy/PlannerNetwork.ts';
import { PromptEncoder } from '../../core/policy/PromptEncoder.ts';
import type { FloatTensor } from '../../core/policy/Tensor.ts';
import { median } from '../../core/math/statistics.ts';
import type { Figure } from './Figure.ts';
import { type RunTime, TimedGraphs } from './TimedGraphs.ts';

export type ModelBenchOptions = {
  /** Folder of a model package. */
  readonly model: string;
  /** Threads that a run may use. */
  readonly threads: number;
  /** Runs of which the median is taken. */
  readonly repeat: number;
};

/** Time of each graph of a model on its golden input, and what a plan and a chunk take of them. */
export async function modelFigures(options: ModelBenchOptions): Promise<Figure[]> {
  const modelPackage = await ModelPackage.load(options.model);
  const { manifest, tokenizer } = modelPackage;
  const timed = new TimedGraphs(
    modelPackage.pathsOf(GRAPH_NAMES),
    { threads: options.threads, executionProvider: 'cpu' },
    options.repeat,
  );
  const prompts = new PromptEncoder(manifest, tokenizer);
  try {
    const planner = new GraphPlannerNetwork(manifest, timed);
    const expert = new GraphExpertNetwork(manifest, timed);
    const { differences, faults, imageFeatures } = await runGolden(
      modelPackage,
      { planner, expert },
      prompts,
    );
    if (differences.length === 0) throw new FaultError(`model package ${options.model}`, faults);
    if (imageFeatures) await answerOneWord(modelPackage, prompts, imageFeatures, timed);
    return [
      ...timeFigures(timed.times, manifest.diffusion.inferenceSteps),
      {
        name: 'golden run, largest difference',
        value: Math.max(...differences.map(({ maxDifference }) => maxDifference)),
        unit: '',
        wanted: { atMost: manifest.golden.tolerance },
      },
    ];
  } finally {
    await timed.close();
  }
}

/** Reads a question and one word of its answer. */
async function answerOneWord(
  modelPackage: ModelPackage,
  prompts: PromptEncoder,
  imageFeatures: FloatTensor,
  timed: TimedGraphs,
): Promise<void> {
  const { instruction } = await readGolden(modelPackage);
  const prompt = prompts.encodeQuestion('boxes', instruction);
  if (!prompt.ok) throw new Error(prompt.reason);
  const untilTheSecondWord = { maxNewTokens: 2, eosIds: [] };
  await decodeAnswer(new GraphAnswerNetwork(timed), { prompt, imageFeatures }, untilTheSecondWord);
}

function timeFigures(
  times: ReadonlyMap<GraphName, readonly RunTime[]>,
  denoisingSteps: number,
): Figure[] {
  const graphs = GRAPH_NAMES.filter((name) => times.has(name));
  const figures = (key: keyof RunTime, suffix: string): Figure[] => {
    const of = (graph: GraphName) => median((times.get(graph) ?? []).map((time) => time[key]));
    const chunk =
      of('action_eye') + of('action_condition') + denoisingSteps * of('action_dit_step');
    return [
      ...graphs.map((name) => ({ name: `${name}${suffix}`, value: of(name), unit: 'ms' })),
      {
        name: `plan${suffix}`,
        value: of('planner_vision') + of('planner_llm'),
        unit: 'ms',
      },
      { name: `chunk of ${denoisingSteps} denoising steps${suffix}`, value: chunk, unit: 'ms' },
    ];
  };
  return [...figures('wallMs', ''), ...figures('processorMs', ', processor time')];
}
