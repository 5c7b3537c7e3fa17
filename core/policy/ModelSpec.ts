import type { Quat, Vec3 } from '../math/types.ts';

/** A dimension: a size, or the name of one that may vary. */
export type Dimension = number | string;

export type TensorSpec = {
  readonly dtype: 'float32' | 'int64';
  readonly shape: readonly Dimension[];
};

export type GraphSpec = {
  readonly file: string;
  readonly inputs: ReadonlyMap<string, TensorSpec>;
  readonly outputs: ReadonlyMap<string, TensorSpec>;
};

/** The planner's half is the first two graphs, the expert's half the other three. */
export const GRAPH_NAMES = [
  'planner_vision',
  'planner_llm',
  'action_eye',
  'action_condition',
  'action_dit_step',
] as const;

export type GraphName = (typeof GRAPH_NAMES)[number];

/** `(pixel · scale − mean) / std`, per channel R, G, B. */
export type ImageNormalisation = {
  readonly scale: number;
  readonly mean: Vec3;
  readonly std: Vec3;
};

export type ImageSpec = {
  readonly width: number;
  readonly height: number;
  readonly resample: 'area' | 'bicubic';
  /** Order of the views in a batch; the first is the primary one. */
  readonly views: readonly string[];
  readonly planner: ImageNormalisation;
  readonly eye: ImageNormalisation;
};

export type PromptSpec = {
  readonly template: string;
  readonly lowercase: boolean;
  readonly maxTokens: number;
};

export type TokenizerSpec = {
  readonly file: string;
  readonly padId: number;
  readonly unknownId: number | undefined;
  readonly addSpecialTokens: boolean;
};

/** Labels in the order in which the planner's heads answer. */
export type SpatialSpec = {
  readonly points: readonly string[];
  readonly boxes: readonly string[];
  readonly trajectory: number;
};

export type DiffusionSpec = {
  readonly trainSteps: number;
  readonly betaSchedule: 'squaredcos_cap_v2';
  readonly timestepSpacing: 'leading' | 'trailing';
  readonly prediction: 'epsilon' | 'sample';
  readonly inferenceSteps: number;
  readonly guidanceScale: number;
};

export type ActionSpec = {
  readonly horizon: number;
  readonly dim: number;
  readonly clip: number;
  readonly gripperIndex: number;
  readonly gripperThreshold: number;
  readonly gripperConvention: 'open_1' | 'closed_1';
  readonly rotation: 'rotation_vector' | 'euler_xyz';
  readonly statisticsKey: string;
};

/** All that computing with a model needs to know about it; comes from the package's manifest. */
export type ModelSpec = {
  readonly name: string;
  readonly embodiment: string;
  readonly graphs: Readonly<Record<GraphName, GraphSpec>>;
  readonly image: ImageSpec;
  readonly prompt: PromptSpec;
  readonly tokenizer: TokenizerSpec;
  readonly spatial: SpatialSpec;
  readonly diffusion: DiffusionSpec;
  readonly action: ActionSpec;
  /** Absent where the expert does not read proprioception. */
  readonly proprio: { readonly dim: number; readonly homeOrientation: Quat } | undefined;
  readonly ensemble: { readonly horizon: number; readonly alpha: number };
  readonly executionHorizon: number;
};
