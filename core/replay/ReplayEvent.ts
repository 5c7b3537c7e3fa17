/** What a replay writes down, in the order in which it came about; one stage of the pipeline each. */
export type ReplayEvent = {
  /** Control period since the beginning of the bag, and the tick that it lies in. */
  readonly period: number;
  readonly tick: number;
} & StageEvent;

export type StageEvent = ObservationEvent | PlanEvent | ChunkEvent | CommandEvent;

export type Stage = StageEvent['stage'];

export type ObservationEvent = {
  readonly stage: 'observation';
  readonly id: number;
  /** Of all pixels. */
  readonly sha256: string;
  /** Mean of red, green and blue of each view, 0…255: what can be compared across machines. */
  readonly meanColours: readonly number[];
  readonly joints: readonly number[];
};

export type PlanEvent = {
  readonly stage: 'plan';
  readonly id: number;
  readonly observationId: number;
  readonly epoch: number;
  readonly instruction: string;
  readonly rawText: string;
  readonly labels: readonly string[];
  /** x1 y1 x2 y2 score of each box, x y score of each point, x y of each waypoint. */
  readonly boxes: readonly number[];
  readonly points: readonly number[];
  readonly trajectory: readonly number[];
};

export type ChunkEvent = {
  readonly stage: 'chunk';
  readonly id: number;
  readonly observationId: number;
  readonly planId: number;
  readonly epoch: number;
  /** Empty where the controller took it. */
  readonly refusal: string;
  readonly droppedRows: number;
  readonly actions: readonly number[];
};

export type CommandEvent = {
  readonly stage: 'command';
  readonly status: string;
  readonly positions: readonly number[];
  readonly velocities: readonly number[];
  readonly gripper: readonly number[];
};
