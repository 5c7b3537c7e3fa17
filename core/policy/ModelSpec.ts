import type { Quat, Vec3 } from '../math/types.ts';
import type { AnswerKind } from '../plan/AnswerKind.ts';

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
export const ACTING_GRAPHS = [
  'planner_vision',
  'planner_llm',
  'action_eye',
  'action_condition',
  'action_dit_step',
] as const;

/** What a planner that answers in words has besides, both or none. */
export const ANSWER_GRAPHS = ['planner_llm_kv', 'planner_llm_decode'] as const;

export const GRAPH_NAMES = [...ACTING_GRAPHS, ...ANSWER_GRAPHS] as const;

export type ActingGraph = (typeof ACTING_GRAPHS)[number];
export type AnswerGraph = (typeof ANSWER_GRAPHS)[number];
export type GraphName = ActingGraph | AnswerGraph;

export type GraphSpecs = Readonly<Record<ActingGraph, GraphSpec>> & {
  readonly [Name in AnswerGraph]?: GraphSpec;
};

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

/** How prompt and pictures stand in a conversation, for a language model that reads both. */
export type ChatSpec = {
  /** The whole conversation, with `{images}` and `{prompt}`. */
  readonly text: string;
  /** One picture, with `{pads}`. */
  readonly image: string;
  /** What stands in for one of the picture's tokens, this many times a view. */
  readonly pad: string;
  readonly padsPerView: number;
  readonly imageTokenId: number;
  /** Rows and columns of a picture's tokens. */
  readonly grid: readonly [number, number];
};

export type PromptSpec = {
  readonly template: string;
  readonly lowercase: boolean;
  readonly maxTokens: number;
  /** Absent where the template is all that the planner reads. */
  readonly chat: ChatSpec | undefined;
};

export type TokenizerSpec = {
  readonly file: string;
  readonly padId: number;
  readonly unknownId: number | undefined;
  readonly addSpecialTokens: boolean;
};

/** Labels in the order in which the planner's heads answer. */
export type HeadsSpec = {
  readonly mode: 'heads';
  readonly points: readonly string[];
  readonly boxes: readonly string[];
  readonly trajectory: number;
};

/** Answers that are decoded word by word, when someone asks. */
export type TextSpec = {
  readonly mode: 'text';
  /** Prompts with `{instruction}`. */
  readonly questions: Readonly<Record<AnswerKind, string>>;
  /** The picture in whose pixels the answers count. */
  readonly coordinates: { readonly width: number; readonly height: number };
  readonly maxNewTokens: number;
  readonly eosIds: readonly number[];
};

export type SpatialSpec = HeadsSpec | TextSpec | { readonly mode: 'none' };

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
  /** Rows at a chunk's beginning that are decided before it is computed; the denoising gets them. */
  readonly prefixRows: number;
  readonly dim: number;
  readonly clip: number;
  readonly gripperIndex: number;
  readonly gripperThreshold: number;
  readonly gripperConvention: 'open_1' | 'closed_1';
  readonly rotation: 'rotation_vector' | 'euler_xyz';
};

/** What a model does otherwise for one arm than for another. */
export type ArmSpec = {
  readonly statisticsKey: string;
  readonly ensembleHorizon: number;
  /** `sticky`: a change of the gripper is held for some ticks before the next one counts. */
  readonly gripper: 'binary' | 'sticky';
};

/** What everything around a model needs to know of it, wherever its networks run. */
export type ModelOutline = {
  readonly name: string;
  /** By the name of the arm; at least one. */
  readonly embodiments: ReadonlyMap<string, ArmSpec>;
  readonly image: Pick<ImageSpec, 'width' | 'height' | 'resample' | 'views'>;
  readonly spatial: SpatialSpec;
  readonly action: ActionSpec;
  readonly ensembleAlpha: number;
  readonly executionHorizon: number;
};

/** All that computing with a model needs to know about it; comes from the package's manifest. */
export type ModelSpec = ModelOutline & {
  readonly graphs: GraphSpecs;
  readonly image: ImageSpec;
  readonly prompt: PromptSpec;
  readonly tokenizer: TokenizerSpec;
  readonly diffusion: DiffusionSpec;
  /** Absent where the expert does not read proprioception. */
  readonly proprio: { readonly dim: number; readonly homeOrientation: Quat } | undefined;
};
