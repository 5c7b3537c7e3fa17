import { composePose, inverseTransformPoint, transformPoint } from '../../core/math/pose.ts';
import { quatConjugate, quatMultiply, quatRotate } from '../../core/math/quat.ts';
import type { Pose, Quat, Vec3 } from '../../core/math/types.ts';
import type { BodyModel } from '../world/BodyModel.ts';
import type { GraspProfile } from './GraspProfile.ts';
import { handleGrasp } from './handlePoses.ts';

/** Something that is taken, or brought to: a body, a handle, the inside of a drawer. */
export type Thing = Pick<BodyModel, 'look' | 'grasp' | 'restTopM'>;

/**
 * What the expert is at: brings the source onto, near or into the target, lifts it, or moves a
 * drawer by its handle, the source, to where the target is.
 */
export type Subtask = 'place' | 'near' | 'drop' | 'pick' | 'open' | 'close';

/** What stays the same while the expert is at something. */
export type TaskGeometry = {
  readonly subtask: Subtask;
  readonly grasp: GraspProfile;
  readonly source: Thing;
  readonly target: Thing;
  /** From the target's place to where the source's middle is to be, beside heights; base axes. */
  readonly offset: readonly [x: number, y: number];
  /** The source is let go this far above where it comes to rest. */
  readonly releaseAboveM: number;
  /** End-effector orientation of the home pose. */
  readonly homeOrientation: Quat;
};

/** Whether the source is a drawer's handle. */
export function isWithDrawer({ subtask }: Pick<TaskGeometry, 'subtask'>): boolean {
  return subtask === 'open' || subtask === 'close';
}

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

/** Rotation about the base's vertical, of something that lies flat or nearly so. */
export function yawOf(orientation: Quat): number {
  const [x, y] = quatRotate(orientation, [1, 0, 0]);
  return Math.atan2(y, x);
}

/** The representative of `angle` in (−period/2, period/2]; 0 where the period is 0. */
export function wrapAngle(angle: number, period: number): number {
  if (period === 0) return 0;
  return angle - period * Math.ceil(angle / period - 0.5);
}

/** The end-effector pose from which it goes down to take the source. */
export function hoverPose(state: TaskState, geometry: TaskGeometry): Pose {
  const { grasp, homeOrientation } = geometry;
  const [x, y, z] = graspPose(state, geometry).position;
  const position: Vec3 = [x, y, Math.max(z + grasp.hoverAboveM, grasp.minHoverZM)];
  const yaw = graspYaw(state, geometry);
  return { position, orientation: grasp.downOrientation(yaw, position, homeOrientation) };
}

/** The end-effector pose that takes the source: fingers across its narrow side. */
export function graspPose(state: TaskState, geometry: TaskGeometry): Pose {
  if (geometry.subtask === 'open') return handleGrasp(state.baseFromSource);
  const { grasp, homeOrientation } = geometry;
  const [x, y, z] = graspPoint(state, geometry);
  const graspZ = Math.max(z, grasp.minGraspZM);
  return {
    position: [x, y, graspZ],
    orientation: grasp.downOrientation(
      graspYaw(state, geometry),
      state.baseFromEe.position,
      homeOrientation,
    ),
  };
}

/** The two points of the source's surface where the fingers press, base frame. */
export function contactPoints(state: TaskState, geometry: TaskGeometry): readonly [Vec3, Vec3] {
  const { widthM } = graspOf(geometry);
  const [x, y, z] = graspPoint(state, geometry);
  if (isWithDrawer(geometry)) {
    return [
      [x, y, z + widthM / 2],
      [x, y, z - widthM / 2],
    ];
  }
  const yaw = graspYaw(state, geometry);
  const dx = (-Math.sin(yaw) * widthM) / 2;
  const dy = (Math.cos(yaw) * widthM) / 2;
  return [
    [x - dx, y - dy, z],
    [x + dx, y + dy, z],
  ];
}

function graspOf({ source }: TaskGeometry): NonNullable<Thing['grasp']> {
  if (source.grasp === undefined) throw new Error(`a ${source.look.name} cannot be picked up`);
  return source.grasp;
}

function graspPoint(state: TaskState, geometry: TaskGeometry): Vec3 {
  const { alongX, belowTopM } = graspOf(geometry);
  const top = geometry.source.look.halfExtents[2];
  return transformPoint(state.baseFromSource, [
    alongX,
    0,
    belowTopM === undefined ? 0 : top - belowTopM,
  ]);
}

function graspYaw(state: TaskState, geometry: TaskGeometry): number {
  const { neutralYawRad } = geometry.grasp;
  const yaw = yawOf(state.baseFromSource.orientation);
  return neutralYawRad + wrapAngle(yaw - neutralYawRad, graspOf(geometry).symmetryRad);
}

/** Where the source's origin comes to rest, base frame. */
export function restPointOnTarget(state: TaskState, geometry: TaskGeometry): Vec3 {
  const { target, source, offset, grasp } = geometry;
  const [x, y, z] = state.baseFromTarget.position;
  if (isWithDrawer(geometry) || geometry.subtask === 'pick') {
    return [x, y, z];
  }
  if (geometry.subtask === 'near') {
    return [x + offset[0], y + offset[1], grasp.tableZM + source.restTopM];
  }
  return [x + offset[0], y + offset[1], z + target.restTopM + source.restTopM];
}

/** How far from its place something may stand that is to be near something else. */
const NEAR_PLACE_M = 0.03;

/**
 * The source's centre lies within the target's outline and at the height of something on it; a
 * little stricter than the rule of success, so that the expert does not leave at its edge.
 */
export function isOnTarget(state: TaskState, geometry: TaskGeometry): boolean {
  const rest = restPointOnTarget(state, geometry);
  const [x, y, z] = state.baseFromSource.position;
  const above = z - rest[2];
  if (geometry.subtask === 'near') {
    return Math.hypot(x - rest[0], y - rest[1]) < NEAR_PLACE_M && above < 0.012;
  }
  const [hx, hy] = geometry.target.look.halfExtents;
  const local = inverseTransformPoint(state.baseFromTarget, state.baseFromSource.position);
  if (Math.abs(local[0]) > hx * 0.95 || Math.abs(local[1]) > hy * 0.95) return false;
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
