import type { Pose, Vec3 } from '../../core/math/types.ts';
import { vec3Add, vec3Dot, vec3Scale, vec3Sub } from '../../core/math/vec3.ts';
import type { ExpertDecision } from './ExpertDecision.ts';
import { BAR_SLACK_M, looking, pathOffset, outward, pushPose } from './handlePoses.ts';
import { errorTo, moveTo } from './moves.ts';
import type { TaskGeometry, TaskState } from './TaskState.ts';
import { graspPose } from './TaskState.ts';

/** Near enough to close the fingers, or to call a drawer moved. */
const AT_POSITION_M = 0.01;
const AT_ANGLE_RAD = 0.25;
const MOVED_M = 0.01;
/** From so far before the drawer the gripper goes straight at it, and how far off its way. */
const APPROACH_M = 0.13;
const CLEAR_M = 0.05;
const FUNNEL_M = 0.026;
const FUNNEL_SLOPE = 0.3;
const FUNNEL_ANGLE_RAD = 0.7;
/** The gripper counts as open above the one and as closed below the other. */
const OPEN = 0.85;
const CLOSED = 0.3;
/** Longest step at a handle: it slips out of fingers that pull fast. */
const GENTLE_STEP_M = 0.025;
/** How far pushing aims beyond the front. */
const PUSH_BEYOND_M = 0.03;

/** How far the drawer is still to be moved outwards, metres; negative to be pushed in. */
export function drawerTravel({ baseFromSource, baseFromTarget }: TaskState): number {
  const displacement = vec3Sub(baseFromTarget.position, baseFromSource.position);
  return vec3Dot(displacement, outward(baseFromSource));
}

/** Takes the handle from the front, pulls it outwards, lets go and moves back. */
export function openDrawer(state: TaskState, geometry: TaskGeometry): ExpertDecision {
  const { grasp: hand } = geometry;
  const gentle = { ...hand, maxStepM: GENTLE_STEP_M };
  const { baseFromEe } = state;
  const displacement = drawerTravel(state);
  const grasp = graspPose(state, geometry);
  const out = outward(state.baseFromSource);
  if (displacement < MOVED_M) return letGo(state, geometry, grasp);
  if (state.held) {
    const pulled = along(grasp, out, displacement);
    return { phase: 'pull', action: moveTo(gentle, baseFromEe, pulled, 0) };
  }
  const off = pathOffset(baseFromEe.position, grasp, BAR_SLACK_M);
  const { angle } = errorTo(baseFromEe, grasp);
  const isClosing = state.gripperOpening < OPEN;
  const slack = isClosing ? hand.closingSlack : 1;
  if (Math.hypot(off.ahead, off.aside) < AT_POSITION_M * slack && angle < AT_ANGLE_RAD * slack) {
    return { phase: 'close', action: moveTo(hand, baseFromEe, grasp, 0) };
  }
  const before = along(grasp, looking(grasp), -APPROACH_M);
  if (isClosing) return { phase: 'reopen', action: moveTo(hand, baseFromEe, before, 1) };
  if (isInFunnel(off, angle)) {
    return { phase: 'descend', action: moveTo(gentle, baseFromEe, grasp, 1) };
  }
  return { phase: 'reach', action: moveTo(hand, baseFromEe, before, 1) };
}

/** Closes the fingers and pushes the front inwards beside the handle. */
export function closeDrawer(state: TaskState, { grasp: hand }: TaskGeometry): ExpertDecision {
  const { baseFromEe } = state;
  const touch = pushPose(state.baseFromSource);
  const out = outward(state.baseFromSource);
  const before = along(touch, looking(touch), -APPROACH_M);
  if (drawerTravel(state) > -MOVED_M) return { phase: 'done', action: stay(0) };
  if (state.gripperOpening > CLOSED && errorTo(baseFromEe, touch).distance < APPROACH_M / 2) {
    return { phase: 'reopen', action: moveTo(hand, baseFromEe, before, 0) };
  }
  if (isInFunnel(pathOffset(baseFromEe.position, touch), errorTo(baseFromEe, touch).angle)) {
    const inside = along(touch, out, -PUSH_BEYOND_M);
    return { phase: 'push', action: moveTo(hand, baseFromEe, inside, 0) };
  }
  return { phase: 'reach', action: moveTo(hand, baseFromEe, before, 0) };
}

/** Opens the fingers where they are, and backs off until they are clear of the bar. */
function letGo(state: TaskState, { grasp: hand }: TaskGeometry, grasp: Pose): ExpertDecision {
  if (state.gripperOpening < OPEN) return { phase: 'release', action: stay(1) };
  const back = along(grasp, looking(grasp), -CLEAR_M);
  const left = vec3Dot(vec3Sub(state.baseFromEe.position, back.position), looking(grasp));
  if (left < 0.01) return { phase: 'done', action: stay(1) };
  return { phase: 'retreat', action: moveTo(hand, state.baseFromEe, back, 1) };
}

/** Within a funnel before the goal, which opens against the way that the gripper looks there. */
function isInFunnel({ ahead, aside }: ReturnType<typeof pathOffset>, angle: number): boolean {
  return (
    ahead > -3 * AT_POSITION_M &&
    ahead < APPROACH_M + 0.02 &&
    aside < FUNNEL_M + FUNNEL_SLOPE * Math.max(0, ahead) &&
    angle < FUNNEL_ANGLE_RAD
  );
}

function along({ position, orientation }: Pose, direction: Vec3, by: number): Pose {
  return { position: vec3Add(position, vec3Scale(direction, by)), orientation };
}

function stay(gripper: 0 | 1): ExpertDecision['action'] {
  return { translation: [0, 0, 0], rotation: [0, 0, 0], gripper };
}
