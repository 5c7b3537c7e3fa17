import type { Pose } from '../../core/math/types.ts';
import { vec3Sub } from '../../core/math/vec3.ts';
import type { ExpertAction, ExpertDecision } from './ExpertDecision.ts';
import type { GraspProfile, Nearness } from './GraspProfile.ts';
import type { TaskGeometry, TaskState } from './TaskState.ts';
import { closeDrawer, openDrawer } from './drawerExpert.ts';
import { errorTo, moveTo, moveBy, easedStep } from './moves.ts';
import { graspPose, hoverPose, isOnTarget, restPointOnTarget } from './TaskState.ts';

/** How much wider the funnels get with height. */
const FUNNEL_SLOPE = 0.3;
/** The gripper counts as open from here on. */
const OPEN = 0.85;

/**
 * The scripted expert: what to do next follows from the state alone. Away from grasp and place it
 * moves at hover height; inside a funnel above them it goes straight down.
 */
export function decide(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  if (geometry.subtask === 'open') return openDrawer(state, geometry);
  if (geometry.subtask === 'close') return closeDrawer(state, geometry);
  if (geometry.subtask === 'pick')
    return state.held ? lift(state, geometry) : fetch(state, geometry);
  if (state.held) return carry(state, geometry);
  if (isOnTarget(state, geometry)) return retreat(state, geometry);
  return fetch(state, geometry);
}

function fetch(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const grasp = graspPose(state, geometry);
  const at = errorTo(state.baseFromEe, grasp);
  const { grasp: hand } = geometry;
  const width = hand.openingAtWidth(geometry.source.grasp?.widthM ?? 0);
  const { near } = hand;
  const slack = state.gripperOpening < OPEN ? hand.closingSlack : 1;
  if (
    at.horizontal < near.horizontalM * slack &&
    Math.abs(at.height) < near.heightM * slack &&
    at.angle < near.angleRad * slack &&
    state.gripperOpening > width - 0.1
  ) {
    return { phase: 'close', action: moveTo(hand, state.baseFromEe, grasp, 0) };
  }
  const hover = hoverPose(state, geometry);
  if (state.gripperOpening < OPEN) {
    return { phase: 'reopen', action: travel(hand, state.baseFromEe, hover, hover.position[2], 1) };
  }
  const inFunnel =
    at.horizontal < funnel(near, at.height) &&
    at.angle < near.funnelAngleRad + Math.max(0, at.height) * 2;
  if (inFunnel) return { phase: 'descend', action: moveTo(hand, state.baseFromEe, grasp, 1) };
  return { phase: 'reach', action: travel(hand, state.baseFromEe, hover, hover.position[2], 1) };
}

/** Straight up to the target's height, and stays there with what it holds. */
function lift(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const [x, y, z] = state.baseFromEe.position;
  const left = state.baseFromTarget.position[2] - state.baseFromSource.position[2];
  const up: Pose = {
    position: [x, y, z + Math.max(0, left)],
    orientation: geometry.grasp.levelled(state.baseFromEe.orientation, [x, y, z]),
  };
  const phase = left < 0.01 ? 'done' : 'lift';
  return { phase, action: moveTo(geometry.grasp, state.baseFromEe, up, 0) };
}

function carry(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const { grasp: hand } = geometry;
  const { near } = hand;
  const goal = releasePose(state, geometry);
  const at = errorTo(state.baseFromEe, goal);
  if (at.horizontal < near.horizontalM && Math.abs(at.height) < near.heightM) {
    return { phase: 'release', action: moveTo(hand, state.baseFromEe, goal, 1) };
  }
  if (at.horizontal < funnel(near, at.height)) {
    return { phase: 'lower', action: moveTo(hand, state.baseFromEe, goal, 0) };
  }
  const above: Pose = {
    position: [goal.position[0], goal.position[1], hand.carryZM],
    orientation: goal.orientation,
  };
  return { phase: 'carry', action: travel(hand, state.baseFromEe, above, hand.carryZM, 0) };
}

function retreat(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const stay: ExpertAction = { translation: [0, 0, 0], rotation: [0, 0, 0], gripper: 1 };
  if (state.gripperOpening < OPEN) return { phase: 'release', action: stay };
  const { grasp: hand } = geometry;
  const z = restPointOnTarget(state, geometry)[2] + hand.retreatAboveM;
  const up = z - state.baseFromEe.position[2];
  if (up < 0.002) return { phase: 'done', action: stay };
  return {
    phase: 'retreat',
    action: {
      translation: [0, 0, Math.min(up, easedStep(hand, up))],
      rotation: [0, 0, 0],
      gripper: 1,
    },
  };
}

/** The end-effector pose at which the carried source is let go; its yaw is kept. */
function releasePose(state: TaskState, geometry: TaskGeometry): Pose {
  const rest = restPointOnTarget(state, geometry);
  const offset = vec3Sub(state.baseFromSource.position, state.baseFromEe.position);
  const above = geometry.releaseAboveM;
  return {
    position: [rest[0] - offset[0], rest[1] - offset[1], rest[2] + above - offset[2]],
    orientation: geometry.grasp.levelled(state.baseFromEe.orientation, state.baseFromEe.position),
  };
}

/** How far off the axis one may be at a height above the goal and still go straight to it. */
function funnel({ funnelM }: Nearness, height: number): number {
  return funnelM + FUNNEL_SLOPE * Math.min(Math.max(height, 0), 0.06);
}

/** Moves towards a pose at travelling height; sideways only once nearly that high. */
function travel(
  grasp: GraspProfile,
  from: Pose,
  to: Pose,
  travelZ: number,
  gripper: 0 | 1,
): ExpertAction {
  const freedom = Math.min(1, Math.max(0, (from.position[2] - travelZ + 0.05) / 0.035));
  const [x, y, z] = vec3Sub(to.position, from.position);
  const turnFreedom = grasp.turnsWhileRising ? 1 : freedom;
  return { ...moveBy(grasp, [x * freedom, y * freedom, z], from, to, turnFreedom), gripper };
}
