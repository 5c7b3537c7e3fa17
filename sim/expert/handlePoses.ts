import { inverseTransformPoint, transformPoint } from '../../core/math/pose.ts';
import { quatFromMatrix, quatRotate } from '../../core/math/quat.ts';
import type { Pose, Quat, Vec3 } from '../../core/math/types.ts';
import { vec3Add, vec3Cross, vec3Scale } from '../../core/math/vec3.ts';
import { DRAWER_FROM_HANDLE, DRAWER_FRONT } from '../world/cabinet.ts';

/** How far the gripper looks down when it takes a handle's bar, and when it pushes a front. */
const GRASP_PITCH_RAD = 0.65;
const PUSH_PITCH_RAD = 0.8;
/** A drawer is pushed beside its handle, this far towards the robot's right, above the middle. */
const PUSH_ASIDE_M = 0.13;
/** The bar may be taken so far from its middle. */
export const BAR_SLACK_M = 0.02;
/** The closed fingers' tips reach this far beyond the end effector. */
const TIPS_BEYOND_M = 0.012;

/** The way in which a drawer opens, base axes. */
export function outward(baseFromHandle: Pose): Vec3 {
  return quatRotate(baseFromHandle.orientation, [1, 0, 0]);
}

/** The end-effector pose that takes the bar: fingers above and below it. */
export function handleGrasp(baseFromHandle: Pose): Pose {
  return {
    position: baseFromHandle.position,
    orientation: facing(outward(baseFromHandle), GRASP_PITCH_RAD),
  };
}

/**
 * How far a place is before a goal, along the way that the gripper looks there, and how far beside
 * that way, metres; the first `slackM` across the fingers do not count.
 */
export function pathOffset(place: Vec3, goal: Pose, slackM = 0): { ahead: number; aside: number } {
  const [across, along, beyond] = inverseTransformPoint(goal, place);
  return { ahead: -beyond, aside: Math.hypot(Math.max(0, Math.abs(across) - slackM), along) };
}

/** The end-effector pose in which the closed fingers touch the drawer's front. */
export function pushPose(baseFromHandle: Pose): Pose {
  const front = DRAWER_FRONT.middle[0] + DRAWER_FRONT.half[0] - DRAWER_FROM_HANDLE[0];
  const touch = transformPoint(baseFromHandle, [front, PUSH_ASIDE_M, 0]);
  const orientation = facing(outward(baseFromHandle), PUSH_PITCH_RAD);
  const back = quatRotate(orientation, [0, 0, -TIPS_BEYOND_M]);
  return { position: vec3Add(touch, back), orientation };
}

/** The way in which the gripper looks. */
export function looking({ orientation }: Pose): Vec3 {
  return quatRotate(orientation, [0, 0, 1]);
}

/** Looks against `out`, downwards by `pitch`; the fingers close in the vertical plane. */
function facing(out: Vec3, pitchRad: number): Quat {
  const [c, s] = [Math.cos(pitchRad), Math.sin(pitchRad)];
  const z = vec3Add(vec3Scale(out, -c), [0, 0, -s]);
  const y = vec3Add(vec3Scale(out, s), [0, 0, -c]);
  const x = vec3Cross(y, z);
  return quatFromMatrix([x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]]);
}
