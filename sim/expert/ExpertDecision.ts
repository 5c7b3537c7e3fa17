import type { Vec3 } from '../../core/math/types.ts';

/** One canonical action: base axes, metres and radians, gripper opening 0 or 1. */
export type ExpertAction = {
  readonly translation: Vec3;
  readonly rotation: Vec3;
  readonly gripper: 0 | 1;
};

export type ExpertPhase =
  | 'reach'
  | 'descend'
  | 'close'
  | 'reopen'
  | 'lift'
  | 'carry'
  | 'lower'
  | 'release'
  | 'retreat'
  | 'pull'
  | 'push'
  | 'done';

export type ExpertDecision = { readonly phase: ExpertPhase; readonly action: ExpertAction };
