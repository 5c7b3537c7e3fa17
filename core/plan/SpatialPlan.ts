/** Axis-aligned box, normalised 0…1 in the view (x right, y down). */
export type PlanBox = {
  readonly label: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly score: number;
};

/** A labelled image point, normalised 0…1. Labels in use: `pick`, `place`, `grip_a`, `grip_b`. */
export type PlanPoint = {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly score: number;
};

/** A waypoint of the end effector's image trajectory, normalised 0…1, in time order. */
export type PlanWaypoint = { readonly x: number; readonly y: number };

/** The planner's answer to one observation. */
export type SpatialPlan = {
  readonly id: bigint;
  readonly observationId: bigint;
  readonly stampNs: bigint;
  readonly epoch: number;
  readonly instruction: string;
  readonly view: string;
  readonly boxes: readonly PlanBox[];
  readonly points: readonly PlanPoint[];
  readonly trajectory: readonly PlanWaypoint[];
  /** Text as decoded by a language model; empty where the model answers by heads. */
  readonly rawText: string;
  readonly latencySec: number;
};
