/** Numbers in one canonical action: Δx Δy Δz (m), rotation vector (rad), gripper opening 0…1. */
export const ACTION_DIM = 7;

/**
 * Consecutive actions for the ticks t0, t0 + 1, …; t0 is the tick of the chunk's observation.
 * Translations and rotation vectors are in base axes; the rotation acts about the end effector.
 */
export type ActionChunk = {
  readonly id: bigint;
  readonly observationId: bigint;
  /** Stamp of the observation that the chunk answers. */
  readonly stampNs: bigint;
  readonly planId: bigint;
  readonly epoch: number;
  /** Age of the plan when the chunk was made, seconds. */
  readonly planAgeSec: number;
  readonly controlPeriodSec: number;
  readonly horizon: number;
  readonly dim: number;
  /** Row-major, `horizon × dim`. */
  readonly actions: Float32Array;
  readonly latencySec: number;
};
