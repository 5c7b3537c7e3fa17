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
export type Networks = {
  planner: { input: PlannerInput; output: PlannerOutput };
  expert: { input: ExpertInput; output: Float32Array };
  answers: { input: AnswerInput; output: number };
};

export type NetworkName = keyof Networks;

/** One half of a model, in this thread or elsewhere. */
export interface ModelNetwork<Name extends NetworkName> {
  forward(input: Networks[Name]['input']): Promise<Networks[Name]['output']>;
}

/** What opening a half tells. */
export type NetworkInfo = {
  readonly signatures: ReadonlyMap<GraphName, SessionSignature>;
  readonly provider: ProviderReport;
};

/** A half with what it takes to check and end it. */
export interface OpenNetwork<Name extends NetworkName> extends ModelNetwork<Name> {
  readonly info: NetworkInfo;
  close(): Promise<void>;
}

/** All that it takes to open one half; can be sent to a worker. */
export type NetworkSetup<Name extends NetworkName = NetworkName> = {
  readonly name: Name;
  readonly spec: ModelSpec;
  /** Files of the graphs of this half. */
  readonly paths: ReadonlyMap<GraphName, string>;
  readonly threads: number;
  readonly executionProvider: ExecutionProvider;
};

export const GRAPHS_OF: Readonly<Record<NetworkName, readonly GraphName[]>> = {
  planner: ['planner_vision', 'planner_llm'],
  expert: ['action_eye', 'action_condition', 'action_dit_step'],
  answers: ANSWER_GRAPHS,
};

const BUILDERS: {
  [Name in NetworkName]: (spec: ModelSpec, graphs: GraphRunner) => ModelNetwork<Name>;
} = {
  planner: (spec, graphs) => new GraphPlannerNetwork(spec, graphs),
  expert: (spec, graphs) => new GraphExpertNetwork(spec, graphs),
  answers: (_, graphs): AnswerNetwork => new GraphAnswerNetwork(graphs),
};

export function buildNetwork<Name extends NetworkName>(
  { name, spec }: Pick<NetworkSetup<Name>, 'name' | 'spec'>,
  graphs: GraphRunner,
): ModelNetwork<Name> {
  return BUILDERS[name](spec, graphs);
}
