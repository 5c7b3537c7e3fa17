import {
  quatConjugate,
  quatMultiply,
  quatNormalize,
  quatRotate,
  QUAT_IDENTITY,
  slerp,
} from './quat.ts';
import type { Pose, Vec3 } from './types.ts';
import { vec3Add, vec3Lerp, vec3Scale, vec3Sub, VEC3_ZERO } from './vec3.ts';

export const POSE_IDENTITY: Pose = { position: VEC3_ZERO, orientation: QUAT_IDENTITY };

/** aFromC = aFromB ∘ bFromC. */
export function composePose(aFromB: Pose, bFromC: Pose): Pose {
  return {
    position: transformPoint(aFromB, bFromC.position),
    orientation: quatNormalize(quatMultiply(aFromB.orientation, bFromC.orientation)),
  };
}

/** bFromA of aFromB. */
export function invertPose(aFromB: Pose): Pose {
  const inverse = quatConjugate(aFromB.orientation);
  return {
    position: vec3Scale(quatRotate(inverse, aFromB.position), -1),
    orientation: inverse,
  };
}

/** Coordinates in frame a of a point given in frame b. */
export function transformPoint(aFromB: Pose, pointInB: Vec3): Vec3 {
  return vec3Add(quatRotate(aFromB.orientation, pointInB), aFromB.position);
}

/** Coordinates in frame b of a point given in frame a. */
export function inverseTransformPoint(aFromB: Pose, pointInA: Vec3): Vec3 {
  return quatRotate(quatConjugate(aFromB.orientation), vec3Sub(pointInA, aFromB.position));
}

/** Straight line and constant-speed rotation from `a` (t = 0) to `b` (t = 1). */
export function interpolatePose(a: Pose, b: Pose, t: number): Pose {
  return {
    position: vec3Lerp(a.position, b.position, t),
    orientation: slerp(a.orientation, b.orientation, t),
  };
}

/** True where all seven numbers are the same. */
export function arePosesEqual(a: Pose, b: Pose): boolean {
  return (
    a.position.every((x, i) => x === b.position[i]) &&
    a.orientation.every((x, i) => x === b.orientation[i])
  );
}

/** True where all seven numbers are finite. */
export function isFinitePose(pose: Pose): boolean {
  return pose.position.every(Number.isFinite) && pose.orientation.every(Number.isFinite);
}
