import { quatFromRotVec, quatMultiply, quatNormalize } from '../../core/math/quat.ts';
import type { Pose } from '../../core/math/types.ts';
import {
  vec3Add,
  vec3Distance,
  vec3Dot,
  vec3Norm,
  vec3Scale,
  vec3Sub,
} from '../../core/math/vec3.ts';
import type { ExpertAction } from './ExpertDecision.ts';
import { decide } from './scriptedExpert.ts';
import type { TaskGeometry, TaskState } from './TaskState.ts';
import { BAR_SLACK_M, pathOffset, outward, pushPose } from './handlePoses.ts';
import { carriedPose, graspPose, isOnTarget, isWithDrawer } from './TaskState.ts';

/** The fingers find the source when closing within this distance of the grasp pose. */
const GRASP_REACH_M = 0.012;
/** The fingers push a drawer's front within this distance of where they are meant to. */
const PUSH_REACH_M = 0.05;

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
  const moved: TaskState = { ...state, baseFromEe };
  const withSource = { ...moved, baseFromSource: sourceAfter(state, moved, geometry) };
  return action.gripper === 1 ? opened(withSource, geometry) : closed(withSource, geometry);
}

/** Where the source is after the arm has moved. */
function sourceAfter(before: TaskState, after: TaskState, { subtask: errand }: TaskGeometry): Pose {
  const { baseFromSource: source, held } = before;
  if (errand === 'close') return slid(source, Math.min(0, pushedBy(after)));
  if (!held) return source;
  if (errand !== 'open') return carriedPose(source, before.baseFromEe, after.baseFromEe);
  const step = vec3Sub(after.baseFromEe.position, before.baseFromEe.position);
  return slid(source, vec3Dot(step, outward(source)));
}

/** How far the end effector is outside of a drawer's front, metres; negative where it pushes. */
function pushedBy({ baseFromEe, baseFromSource }: TaskState): number {
  const touch = pushPose(baseFromSource);
  const off = vec3Sub(baseFromEe.position, touch.position);
  const out = outward(baseFromSource);
  const ahead = vec3Dot(off, out);
  const aside = vec3Norm(vec3Sub(off, vec3Scale(out, ahead)));
  return aside < PUSH_REACH_M ? ahead : 0;
}

/** A handle whose drawer is moved outwards. */
function slid(baseFromHandle: Pose, byM: number): Pose {
  const displacement = vec3Scale(outward(baseFromHandle), byM);
  return { ...baseFromHandle, position: vec3Add(baseFromHandle.position, displacement) };
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
    gripperOpening: Math.min(1, state.gripperOpening + geometry.grasp.travelPerTick),
    held: false,
    baseFromSource:
      state.held && !isWithDrawer(geometry) ? dropped(state, geometry) : state.baseFromSource,
  };
}

function closed(state: TaskState, geometry: TaskGeometry): TaskState {
  const { grasp: hand } = geometry;
  if (geometry.subtask === 'close') {
    const left = state.gripperOpening - hand.travelPerTick;
    return { ...state, gripperOpening: Math.max(0, left), held: false };
  }
  const width = hand.openingAtWidth(geometry.source.grasp?.widthM ?? 0);
  const between = state.held || isAtGrasp(state, geometry);
  const stop = between ? Math.max(0, width) : 0;
  const gripperOpening = Math.max(
    Math.min(state.gripperOpening, stop),
    state.gripperOpening - hand.travelPerTick,
  );
  return { ...state, gripperOpening, held: between && gripperOpening <= width + 0.02 };
}

function isAtGrasp(state: TaskState, geometry: TaskGeometry): boolean {
  const grasp = graspPose(state, geometry);
  const { position } = state.baseFromEe;
  if (geometry.subtask !== 'open') return vec3Distance(grasp.position, position) < GRASP_REACH_M;
  const { ahead, aside } = pathOffset(position, grasp, BAR_SLACK_M);
  return Math.hypot(ahead, aside) < GRASP_REACH_M;
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
  return isOnTarget({ ...state, baseFromSource: onTarget }, geometry)
    ? onTarget
    : resting(geometry.grasp.tableZM);
}
