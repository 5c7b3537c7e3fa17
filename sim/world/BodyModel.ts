import type { Vec3 } from '../../core/math/types.ts';
import type { ObjectModel } from '../render/objects.ts';
import type { TrainedKind } from './bodyKinds.ts';
import type { UnseenKind } from './unseenKinds.ts';

export type BodyKind = TrainedKind | UnseenKind;

/** A geom of the contact solver in the body's frame; sizes as MuJoCo has them. */
export type CollisionPart = {
  readonly type: 'box' | 'cylinder';
  readonly size: readonly number[];
  readonly position: Vec3;
};

/** How a source is taken: the fingers close along the body's y axis about this point. */
export type GraspSpec = {
  /** Along the body's x axis from its origin, metres. */
  readonly alongX: number;
  /** Thickness between the fingers, metres. */
  readonly widthM: number;
  /**
   * Cubes look the same after a quarter turn, long things after a half turn, to the gripper; round
   * ones, 0, always do.
   */
  readonly symmetryRad: number;
  /** Tall things are taken this far below their top, others about their middle. */
  readonly belowTopM?: number;
};

export type BodyModel = {
  readonly kind: BodyKind;
  readonly look: ObjectModel;
  readonly collision: readonly CollisionPart[];
  readonly massKg: number;
  /** Undefined for supports. */
  readonly grasp: GraspSpec | undefined;
  /** Height above the body's origin on which a placed object comes to rest. */
  readonly restTopM: number;
};
