import { quatConjugate, quatMultiply, rotVecFromQuat } from '../../core/math/quat.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';
import { vec3ClampNorm, vec3Norm, vec3Sub } from '../../core/math/vec3.ts';
import type { TaskGeometry, TaskState } from './TaskState.ts';
import { graspPose, isOnTarget, openingAtWidth, restPointOnTarget } from './TaskState.ts';

/** One canonical action: base axes, metres and radians, gripper opening 0 or 1. */
export type ExpertAction = {
  readonly translation: Vec3;
  readonly rotation: Vec3;
  readonly gripper: 0 | 1;
};

export type ExpertPhase =
  'reach' | 'descend' | 'close' | 'reopen' | 'carry' | 'lower' | 'release' | 'retreat' | 'done';

export type ExpertDecision = { readonly phase: ExpertPhase; readonly action: ExpertAction };

/** Limits of one tick. */
export const MAX_STEP_M = 0.035;
export const MAX_STEP_RAD = 0.35;

/** Heights of the end effector above the grasp pose before descending, and above the table. */
const HOVER_ABOVE_M = 0.075;
const CARRY_Z_M = 0.135;
const RETREAT_ABOVE_M = 0.085;
/** The object is let go this far above where it comes to rest. */
const RELEASE_ABOVE_M = 0.004;
const BASKET_RELEASE_ABOVE_M = 0.03;

/**
 * Near enough to grasp or to let go, and how wide the funnels above are. All leave room for what a
 * policy cannot see to the millimetre: were it told to come closer still, it would wait over the
 * object for ever, and were it told to go up again, it would go up and down.
 */
const AT_POSITION_M = 0.01;
const AT_HEIGHT_M = 0.008;
const AT_ANGLE_RAD = 0.25;
const FUNNEL_M = 0.02;
const FUNNEL_SLOPE = 0.3;
const FUNNEL_ANGLE_RAD = 0.5;
/** The gripper counts as open from here on. */
const OPEN = 0.85;

/**
 * The scripted expert: what to do next follows from the state alone. Away from grasp and place it
 * moves at hover height; inside a funnel above them it goes straight down.
 */
export function decide(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  if (state.held) return carry(state, geometry);
  if (isOnTarget(state, geometry)) return retreat(state, geometry);
  return fetch(state, geometry);
}

function fetch(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const grasp = graspPose(state, geometry);
  const at = errorTo(state.baseFromEe, grasp);
  const width = openingAtWidth(geometry.source.grasp?.widthM ?? 0);
  if (
    at.horizontal < AT_POSITION_M &&
    Math.abs(at.height) < AT_HEIGHT_M &&
    at.angle < AT_ANGLE_RAD &&
    state.gripperOpening > width - 0.1
  ) {
    return { phase: 'close', action: moveTo(state.baseFromEe, grasp, 0) };
  }
  const hover = raised(grasp, HOVER_ABOVE_M);
  if (state.gripperOpening < OPEN) {
    return { phase: 'reopen', action: travel(state.baseFromEe, hover, hover.position[2], 1) };
  }
  const inFunnel =
    at.horizontal < funnel(at.height) && at.angle < FUNNEL_ANGLE_RAD + Math.max(0, at.height) * 2;
  if (inFunnel) return { phase: 'descend', action: moveTo(state.baseFromEe, grasp, 1) };
  return { phase: 'reach', action: travel(state.baseFromEe, hover, hover.position[2], 1) };
}

function carry(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const goal = releasePose(state, geometry);
  const at = errorTo(state.baseFromEe, goal);
  if (at.horizontal < AT_POSITION_M && Math.abs(at.height) < AT_HEIGHT_M) {
    return { phase: 'release', action: moveTo(state.baseFromEe, goal, 1) };
  }
  if (at.horizontal < funnel(at.height)) {
    return { phase: 'lower', action: moveTo(state.baseFromEe, goal, 0) };
  }
  const above: Pose = {
    position: [goal.position[0], goal.position[1], CARRY_Z_M],
    orientation: goal.orientation,
  };
  return { phase: 'carry', action: travel(state.baseFromEe, above, CARRY_Z_M, 0) };
}

function retreat(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const stay: ExpertAction = { translation: [0, 0, 0], rotation: [0, 0, 0], gripper: 1 };
  if (state.gripperOpening < OPEN) return { phase: 'release', action: stay };
  const z = restPointOnTarget(state, geometry)[2] + RETREAT_ABOVE_M;
  const up = z - state.baseFromEe.position[2];
  if (up < 0.002) return { phase: 'done', action: stay };
  return {
    phase: 'retreat',
    action: { translation: [0, 0, Math.min(up, easedStep(up))], rotation: [0, 0, 0], gripper: 1 },
  };
}

/** The end-effector pose at which the carried source is let go; its yaw is kept. */
function releasePose(state: TaskState, geometry: TaskGeometry): Pose {
  const rest = restPointOnTarget(state, geometry);
  const offset = vec3Sub(state.baseFromSource.position, state.baseFromEe.position);
  const above = geometry.target.kind === 'basket' ? BASKET_RELEASE_ABOVE_M : RELEASE_ABOVE_M;
  return {
    position: [rest[0] - offset[0], rest[1] - offset[1], rest[2] + above - offset[2]],
    orientation: state.baseFromEe.orientation,
  };
}

/** How far off the axis one may be at a height above the goal and still go straight to it. */
function funnel(height: number): number {
  return FUNNEL_M + FUNNEL_SLOPE * Math.min(Math.max(height, 0), 0.06);
}

/** Moves towards a pose at travelling height; sideways only once nearly that high. */
function travel(from: Pose, to: Pose, travelZ: number, gripper: 0 | 1): ExpertAction {
  const freedom = Math.min(1, Math.max(0, (from.position[2] - travelZ + 0.05) / 0.035));
  const [x, y, z] = vec3Sub(to.position, from.position);
  return { ...moveBy([x * freedom, y * freedom, z], from, to, freedom), gripper };
}

function moveTo(from: Pose, to: Pose, gripper: 0 | 1): ExpertAction {
  return { ...moveBy(vec3Sub(to.position, from.position), from, to, 1), gripper };
}

function moveBy(delta: Vec3, from: Pose, to: Pose, freedom: number): Omit<ExpertAction, 'gripper'> {
  const turn = rotVecFromQuat(quatMultiply(to.orientation, quatConjugate(from.orientation)));
  return {
    translation: vec3ClampNorm(delta, easedStep(vec3Norm(delta))),
    rotation: vec3ClampNorm(turn, MAX_STEP_RAD * freedom),
  };
}

/** Slows down on the last centimetres, so that the arm has caught up when the fingers move. */
function easedStep(distance: number): number {
  return Math.min(MAX_STEP_M, 0.01 + 0.5 * distance);
}

function raised(pose: Pose, by: number): Pose {
  const [x, y, z] = pose.position;
  return { position: [x, y, z + by], orientation: pose.orientation };
}

/** How far `from` is beside and above `to`, and turned from it. */
function errorTo(from: Pose, to: Pose): { horizontal: number; height: number; angle: number } {
  const [x, y, z] = vec3Sub(from.position, to.position);
  return {
    horizontal: Math.hypot(x, y),
    height: z,
    angle: vec3Norm(rotVecFromQuat(quatMultiply(to.orientation, quatConjugate(from.orientation)))),
  };
}
