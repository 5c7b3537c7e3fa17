import { type ExpertInput, GraphExpertNetwork } from '../../core/policy/ExpertNetwork.ts';
import type { GraphRunner } from '../../core/policy/GraphRunner.ts';
import type { GraphName, ModelSpec } from '../../core/policy/ModelSpec.ts';
import {
  GraphPlannerNetwork,
  type PlannerInput,
  type PlannerOutput,
} from '../../core/policy/PlannerNetwork.ts';

/** What goes in and comes out of each half of a model. */
export type Halves = {
  planner: { input: PlannerInput; output: PlannerOutput };
  expert: { input: ExpertInput; output: Float32Array };
};

export type HalfName = keyof Halves;

/** One half of a model, in this thread or in a worker. */
export interface HalfNetwork<Half extends HalfName> {
  forward(input: Halves[Half]['input']): Promise<Halves[Half]['output']>;
}

/** All that it takes to open one half; can be sent to a worker. */
export type NetworkSetup<Half extends HalfName = HalfName> = {
  readonly half: Half;
  readonly spec: ModelSpec;
  /** Files of the graphs of this half. */
  readonly paths: ReadonlyMap<GraphName, string>;
  readonly threads: number;
};

export const GRAPHS_OF: Readonly<Record<HalfName, readonly GraphName[]>> = {
  planner: ['planner_vision', 'planner_llm'],
  expert: ['action_eye', 'action_condition', 'action_dit_step'],
};

const BUILDERS: {
  [Half in HalfName]: (spec: ModelSpec, graphs: GraphRunner) => HalfNetwork<Half>;
} = {
  planner: (spec, graphs) => new GraphPlannerNetwork(spec, graphs),
  expert: (spec, graphs) => new GraphExpertNetwork(spec, graphs),
};

export function buildNetwork<Half extends HalfName>(
  { half, spec }: Pick<NetworkSetup<Half>, 'half' | 'spec'>,
  graphs: GraphRunner,
): HalfNetwork<Half> {
  return BUILDERS[half](spec, graphs);
}
