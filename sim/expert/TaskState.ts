import { gripperOpeningOf } from '../../core/embodiment/Embodiment.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { composePose, inverseTransformPoint, transformPoint } from '../../core/math/pose.ts';
import {
  quatConjugate,
  quatFromAxisAngle,
  quatMultiply,
  quatRotate,
} from '../../core/math/quat.ts';
import type { Pose, Quat, Vec3 } from '../../core/math/types.ts';
import type { BodyModel } from '../world/bodies.ts';

/** What stays the same during an episode. */
export type TaskGeometry = {
  readonly source: BodyModel;
  readonly target: BodyModel;
  /** End-effector orientation of the home pose: the gripper looks down, yaw 0. */
  readonly homeOrientation: Quat;
};

/** What the expert looks at: everything it decides follows from this, so it can recover. */
export type TaskState = {
  /** The commanded end-effector pose; deltas compose onto it. */
  readonly baseFromEe: Pose;
  /** Measured, 0 closed, 1 open. */
  readonly gripperOpening: number;
  /** Where the source is once the arm has reached the commanded pose. */
  readonly baseFromSource: Pose;
  readonly baseFromTarget: Pose;
  /** Both fingers press on the source. */
  readonly held: boolean;
};

/** Position of the WidowX's finger joint at which its pads would meet, from the URDF's pads. */
const PADS_MEET_M = 0.011;

/** The gripper opening at which the fingers touch something of this width. */
export function openingAtWidth(widthM: number): number {
  return gripperOpeningOf(widowx.gripper, widthM / 2 + PADS_MEET_M);
}

/** Rotation about the base's vertical, of something that lies flat or nearly so. */
export function yawOf(orientation: Quat): number {
  const [x, y] = quatRotate(orientation, [1, 0, 0]);
  return Math.atan2(y, x);
}

/** The representative of `angle` in (−period/2, period/2]. */
export function wrapAngle(angle: number, period: number): number {
  return angle - period * Math.ceil(angle / period - 0.5);
}

/** Lowest end-effector height for grasping, so that the finger tips clear the table. */
const MIN_GRASP_Z_M = 0.019;

/** The end-effector pose that takes the source: fingers across its narrow side. */
export function graspPose(state: TaskState, geometry: TaskGeometry): Pose {
  const { grasp } = geometry.source;
  if (grasp === undefined) throw new Error(`a ${geometry.source.kind} cannot be picked up`);
  const [x, y, z] = transformPoint(state.baseFromSource, [grasp.alongX, 0, 0]);
  const yaw = wrapAngle(yawOf(state.baseFromSource.orientation), grasp.symmetryRad);
  return {
    position: [x, y, Math.max(z, MIN_GRASP_Z_M)],
    orientation: quatMultiply(quatFromAxisAngle([0, 0, 1], yaw), geometry.homeOrientation),
  };
}

/** The two points of the source's surface where the fingers press, base frame. */
export function contactPoints(state: TaskState, geometry: TaskGeometry): readonly [Vec3, Vec3] {
  const { grasp } = geometry.source;
  if (grasp === undefined) throw new Error(`a ${geometry.source.kind} cannot be picked up`);
  const [x, y, z] = transformPoint(state.baseFromSource, [grasp.alongX, 0, 0]);
  const yaw = wrapAngle(yawOf(state.baseFromSource.orientation), grasp.symmetryRad);
  const dx = (-Math.sin(yaw) * grasp.widthM) / 2;
  const dy = (Math.cos(yaw) * grasp.widthM) / 2;
  return [
    [x - dx, y - dy, z],
    [x + dx, y + dy, z],
  ];
}

/** Where the source's origin comes to rest on the target, base frame. */
export function restPointOnTarget(state: TaskState, geometry: TaskGeometry): Vec3 {
  const [x, y, z] = state.baseFromTarget.position;
  return [x, y, z + geometry.target.restTopM + geometry.source.restTopM];
}

/**
 * The source's centre lies within the target's outline and at the height of something on it; a
 * little stricter than the rule of success, so that the expert does not leave at its edge.
 */
export function isOnTarget(state: TaskState, geometry: TaskGeometry): boolean {
  const [hx, hy] = geometry.target.look.halfExtents;
  const local = inverseTransformPoint(state.baseFromTarget, state.baseFromSource.position);
  if (Math.abs(local[0]) > hx * 0.95 || Math.abs(local[1]) > hy * 0.95) return false;
  const above = state.baseFromSource.position[2] - restPointOnTarget(state, geometry)[2];
  return above > -0.01 && above < 0.012;
}

/** The pose of something carried by the end effector when that moves from one pose to another. */
export function carriedPose(carried: Pose, from: Pose, to: Pose): Pose {
  const back = quatConjugate(from.orientation);
  const eeFromCarried: Pose = {
    position: inverseTransformPoint(from, carried.position),
    orientation: quatMultiply(back, carried.orientation),
  };
  return composePose(to, eeFromCarried);
}
