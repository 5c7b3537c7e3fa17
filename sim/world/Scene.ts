import type { Pose } from '../../core/math/types.ts';
import { quatFromAxisAngle } from '../../core/math/quat.ts';
import type { BodyKind, BodyModel, CubeColor } from './bodies.ts';
import { bodyModel } from './bodies.ts';

/** One thing on the table, at rest. */
export type SceneObject = {
  readonly kind: BodyKind;
  readonly color?: CubeColor;
  readonly x: number;
  readonly y: number;
  readonly yawRad: number;
};

/** What lies on the table and what is to be done with it. */
export type Scene = {
  readonly task: string;
  readonly instruction: string;
  readonly maxTicks: number;
  readonly objects: readonly SceneObject[];
  /** Indices into `objects`. */
  readonly source: number;
  readonly target: number;
};

export function modelOf(object: SceneObject): BodyModel {
  return bodyModel(object.kind, object.color);
}

/** The pose of an object at rest on the table, in base axes. */
export function restPose(object: SceneObject): Pose {
  return {
    position: [object.x, object.y, modelOf(object).look.halfExtents[2]],
    orientation: quatFromAxisAngle([0, 0, 1], object.yawRad),
  };
}
