import { quatConjugate, quatMultiply, rotVecFromQuat } from '../../core/math/quat.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';
import { vec3ClampNorm, vec3Norm, vec3Sub } from '../../core/math/vec3.ts';
import type { ExpertAction } from './ExpertDecision.ts';
import type { GraspProfile } from './GraspProfile.ts';

/** A step towards a pose, at most as long as the hand's steps are. */
export function moveTo(
  grasp: GraspProfile,
  from: Pose,
  to: Pose,
  gripper: ExpertAction['gripper'],
): ExpertAction {
  return { ...moveBy(grasp, vec3Sub(to.position, from.position), from, to, 1), gripper };
}

/** A step by `delta`, turning towards `to` at a share 0…1 of the fastest. */
export function moveBy(
  grasp: GraspProfile,
  delta: Vec3,
  from: Pose,
  to: Pose,
  freedom: number,
): Omit<ExpertAction, 'gripper'> {
  const turn = rotVecFromQuat(quatMultiply(to.orientation, quatConjugate(from.orientation)));
  return {
    translation: vec3ClampNorm(delta, easedStep(grasp, vec3Norm(delta))),
    rotation: vec3ClampNorm(turn, grasp.maxStepRad * freedom),
  };
}

/** Slows down on the last centimetres, so that the arm has caught up when the fingers move. */
export function easedStep({ maxStepM }: GraspProfile, distance: number): number {
  return Math.min(maxStepM, 0.01 + 0.5 * distance);
}

/** How far `from` is away from `to`, beside it and above it, and how far it is turned from it. */
export function errorTo(
  from: Pose,
  to: Pose,
): { distance: number; horizontal: number; height: number; angle: number } {
  const d = vec3Sub(from.position, to.position);
  return {
    distance: vec3Norm(d),
    horizontal: Math.hypot(d[0], d[1]),
    height: d[2],
    angle: vec3Norm(rotVecFromQuat(quatMultiply(to.orientation, quatConjugate(from.orientation)))),
  };
}
