import {
  type AnswerInput,
  type AnswerNetwork,
  GraphAnswerNetwork,
} from '../../core/policy/AnswerNetwork.ts';
import { type ExpertInput, GraphExpertNetwork } from '../../core/policy/ExpertNetwork.ts';
import type { GraphRunner } from '../../core/policy/GraphRunner.ts';
import { ANSWER_GRAPHS, type GraphName, type ModelSpec } from '../../core/policy/ModelSpec.ts';
import {
  GraphPlannerNetwork,
  type PlannerInput,
  type PlannerOutput,
} from '../../core/policy/PlannerNetwork.ts';
import type { ExecutionProvider, ProviderReport } from '../onnx/executionProviders.ts';
import type { SessionSignature } from '../onnx/OrtGraphs.ts';

/**
 * What goes in and comes out of each part of a model that runs by itself: its two halves, and what
 * a planner that answers in words needs to do so.
 */
export type Halves = {
  planner: { input: PlannerInput; output: PlannerOutput };
  expert: { input: ExpertInput; output: Float32Array };
  answers: { input: AnswerInput; output: number };
};

export type HalfName = keyof Halves;

/** One half of a model, in this thread or elsewhere. */
export interface HalfNetwork<Half extends HalfName> {
  forward(input: Halves[Half]['input']): Promise<Halves[Half]['output']>;
}

/** What opening a half tells. */
export type HalfInfo = {
  readonly signatures: ReadonlyMap<GraphName, SessionSignature>;
  readonly provider: ProviderReport;
};

/** A half with what it takes to check and end it. */
export interface OpenHalf<Half extends HalfName> extends HalfNetwork<Half> {
  readonly info: HalfInfo;
  close(): Promise<void>;
}

/** All that it takes to open one half; can be sent to a worker. */
export type NetworkSetup<Half extends HalfName = HalfName> = {
  readonly half: Half;
  readonly spec: ModelSpec;
  /** Files of the graphs of this half. */
  readonly paths: ReadonlyMap<GraphName, string>;
  readonly threads: number;
  readonly executionProvider: ExecutionProvider;
};

export const GRAPHS_OF: Readonly<Record<HalfName, readonly GraphName[]>> = {
  planner: ['planner_vision', 'planner_llm'],
  expert: ['action_eye', 'action_condition', 'action_dit_step'],
  answers: ANSWER_GRAPHS,
};

const BUILDERS: {
  [Half in HalfName]: (spec: ModelSpec, graphs: GraphRunner) => HalfNetwork<Half>;
} = {
  planner: (spec, graphs) => new GraphPlannerNetwork(spec, graphs),
  expert: (spec, graphs) => new GraphExpertNetwork(spec, graphs),
  answers: (_, graphs): AnswerNetwork => new GraphAnswerNetwork(graphs),
};

export function buildNetwork<Half extends HalfName>(
  { half, spec }: Pick<NetworkSetup<Half>, 'half' | 'spec'>,
  graphs: GraphRunner,
): HalfNetwork<Half> {
  return BUILDERS[half](spec, graphs);
}
