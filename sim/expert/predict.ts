import { quatFromRotVec, quatMultiply, quatNormalize } from '../../core/math/quat.ts';
import type { Pose } from '../../core/math/types.ts';
import { vec3Add, vec3Distance } from '../../core/math/vec3.ts';
import type { ExpertAction } from './Expert.ts';
import { decide } from './Expert.ts';
import type { TaskGeometry, TaskState } from './TaskState.ts';
import { carriedPose, graspPose, isOnTarget, openingAtWidth } from './TaskState.ts';

/** Gripper travel within one tick, in units of opening. */
const CLOSING_PER_TICK = 0.88;
const OPENING_PER_TICK = 0.88;
/** The fingers find the source when closing within this distance of the grasp pose. */
const GRASP_REACH_M = 0.012;

/** The pose after one action: deltas compose onto the previous target, as on the WidowX. */
export function applyAction(baseFromEe: Pose, action: ExpertAction): Pose {
  return {
    position: vec3Add(baseFromEe.position, action.translation),
    orientation: quatNormalize(
      quatMultiply(quatFromRotVec(action.rotation), baseFromEe.orientation),
    ),
  };
}

/** The state one tick later if the arm follows exactly: kinematics only, no contact solver. */
export function predict(state: TaskState, action: ExpertAction, geometry: TaskGeometry): TaskState {
  const baseFromEe = applyAction(state.baseFromEe, action);
  const moved: TaskState = {
    ...state,
    baseFromEe,
    baseFromSource: state.held
      ? carriedPose(state.baseFromSource, state.baseFromEe, baseFromEe)
      : state.baseFromSource,
  };
  return action.gripper === 1 ? opened(moved, geometry) : closed(moved, geometry);
}

/** The states from `state` on while the expert acts, the first one included. */
export function rollOut(
  state: TaskState,
  geometry: TaskGeometry,
  ticks: number,
): { readonly states: readonly TaskState[]; readonly actions: readonly ExpertAction[] } {
  const states = [state];
  const actions: ExpertAction[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    const current = states[tick]!;
    const { action } = decide(current, geometry);
    actions.push(action);
    states.push(predict(current, action, geometry));
  }
  return { states, actions };
}

function opened(state: TaskState, geometry: TaskGeometry): TaskState {
  return {
    ...state,
    gripperOpening: Math.min(1, state.gripperOpening + OPENING_PER_TICK),
    held: false,
    baseFromSource: state.held ? dropped(state, geometry) : state.baseFromSource,
  };
}

function closed(state: TaskState, geometry: TaskGeometry): TaskState {
  const width = openingAtWidth(geometry.source.grasp?.widthM ?? 0);
  const distance = vec3Distance(graspPose(state, geometry).position, state.baseFromEe.position);
  const between = state.held || distance < GRASP_REACH_M;
  const stop = between ? Math.max(0, width) : 0;
  const gripperOpening = Math.max(
    Math.min(state.gripperOpening, stop),
    state.gripperOpening - CLOSING_PER_TICK,
  );
  return { ...state, gripperOpening, held: between && gripperOpening <= width + 0.02 };
}

/** Where the source ends up when let go: on the target when above it, else on the table. */
function dropped(state: TaskState, geometry: TaskGeometry): Pose {
  const [x, y] = state.baseFromSource.position;
  const top = state.baseFromTarget.position[2] + geometry.target.restTopM;
  const resting = (z: number): Pose => ({
    position: [x, y, z + geometry.source.restTopM],
    orientation: state.baseFromSource.orientation,
  });
  const onTarget = resting(top);
  return isOnTarget({ ...state, baseFromSource: onTarget }, geometry) ? onTarget : resting(0);
}
