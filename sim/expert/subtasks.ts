import { composePose } from '../../core/math/pose.ts';
import type { Pose, Quat, Vec3 } from '../../core/math/types.ts';
import { halfDiagonal, OPEN_ENOUGH_M } from '../tasks/GoalJudge.ts';
import type { DrawerName } from '../world/cabinet.ts';
import {
  DRAWER_FROM_HANDLE,
  DRAWER_FRONT,
  DRAWER_INSIDE,
  drawerPose,
  HANDLE_BAR,
  handleLink,
} from '../world/cabinet.ts';
import type { Scene, SceneObject } from '../world/Scene.ts';
import { modelOf, restPose } from '../world/Scene.ts';
import type { GraspProfile } from './GraspProfile.ts';
import type { Subtask, TaskGeometry, Thing } from './TaskState.ts';

/** What of a world says what the expert is at. */
export type WorldView = {
  readonly scene: Scene;
  readonly tick: number;
  baseFromBody(index: number): Pose;
  openM(drawer: DrawerName): number;
};

/** What the expert is at now, and where that is. */
export type CurrentSubtask = {
  readonly subtask: Subtask;
  readonly source: Thing;
  readonly target: Thing;
  readonly baseFromSource: Pose;
  readonly baseFromTarget: Pose;
  /** The handle's link where the source is one. */
  readonly handle: string | undefined;
};

/**
 * Drawers are pulled out so far, and pushed in all the way; one that something is to be put into is
 * near the robot, so a little less.
 */
const PULL_M = 0.19;
const PULL_TO_STORE_M = 0.175;
/** What is to be lifted is lifted so far. */
const LIFT_M = 0.1;
/** Things are let go this far above where they come to rest. */
const RELEASE_ABOVE_M = 0.004;
const BASKET_RELEASE_ABOVE_M = 0.03;
const DRAWER_RELEASE_ABOVE_M = 0.2;
/** What is moved near something comes to stand with so much room between both. */
const NEAR_GAP_M = 0.055;

const handle: Thing = {
  look: {
    name: 'handle',
    halfExtents: HANDLE_BAR,
    parts: [
      {
        shape: 'box',
        size: HANDLE_BAR,
        pose: { position: [0, 0, 0], orientation: [0, 0, 0, 1] },
        color: [0, 0, 0],
      },
    ],
  },
  grasp: { alongX: 0, widthM: 2 * HANDLE_BAR[2], symmetryRad: 0 },
  restTopM: 0,
};

/** What can be seen of the inside of a drawer that was pulled out. */
const INSIDE_HALF: Vec3 = [0.08, DRAWER_INSIDE.halfY, 0.04];
const inside: Thing = {
  look: {
    name: 'drawer',
    halfExtents: INSIDE_HALF,
    parts: [
      {
        shape: 'box',
        size: INSIDE_HALF,
        pose: { position: [0, 0, INSIDE_HALF[2]], orientation: [0, 0, 0, 1] },
        color: [0, 0, 0],
      },
    ],
  },
  grasp: undefined,
  restTopM: 0,
};

export function subtaskOf(view: WorldView): CurrentSubtask {
  const { scene } = view;
  const { goal } = scene;
  switch (goal.kind) {
    case 'place':
    case 'near':
      return {
        subtask: goal.kind,
        source: modelOf(scene.objects[goal.source]!),
        target: modelOf(scene.objects[goal.target]!),
        baseFromSource: view.baseFromBody(goal.source),
        baseFromTarget: view.baseFromBody(goal.target),
        handle: undefined,
      };
    case 'pick': {
      const object = scene.objects[goal.source]!;
      return {
        subtask: 'pick',
        source: modelOf(object),
        target: modelOf(object),
        baseFromSource: view.baseFromBody(goal.source),
        baseFromTarget: raised(restPose(object), LIFT_M),
        handle: undefined,
      };
    }
    case 'open':
    case 'close':
      return drawerSubtask(view, goal.kind, goal.drawer);
    case 'store':
      return isStoring(view, goal.drawer)
        ? storeSubtask(view, goal.source, goal.drawer)
        : drawerSubtask(view, 'open', goal.drawer);
  }
}

/** The second instruction was given, and the drawer is open. */
function isStoring({ scene, tick, openM }: WorldView, drawer: DrawerName): boolean {
  return tick >= (scene.followUp?.fromTick ?? 0) && openM(drawer) >= OPEN_ENOUGH_M;
}

function drawerSubtask(
  { scene, openM }: WorldView,
  subtask: 'open' | 'close',
  drawer: DrawerName,
): CurrentSubtask {
  const pullM = scene.goal.kind === 'store' ? PULL_TO_STORE_M : PULL_M;
  const handleAt = (pulledM: number): Pose =>
    composePose(drawerPose(cabinetOf(scene), drawer, pulledM), moved(DRAWER_FROM_HANDLE));
  return {
    subtask,
    source: handle,
    target: handle,
    baseFromSource: handleAt(openM(drawer)),
    baseFromTarget: handleAt(subtask === 'close' ? 0 : pullM),
    handle: handleLink(drawer),
  };
}

function storeSubtask(view: WorldView, source: number, drawer: DrawerName): CurrentSubtask {
  const openM = view.openM(drawer);
  // from the cabinet's front to the drawer's, seen from the drawer
  const x = DRAWER_FRONT.middle[0] - DRAWER_FRONT.half[0] - openM / 2;
  return {
    subtask: 'drop',
    source: modelOf(view.scene.objects[source]!),
    target: inside,
    baseFromSource: view.baseFromBody(source),
    baseFromTarget: composePose(
      drawerPose(cabinetOf(view.scene), drawer, openM),
      moved([x, 0, DRAWER_INSIDE.floorZ]),
    ),
    handle: undefined,
  };
}

function cabinetOf({ task, cabinet }: Scene): Pose {
  if (cabinet === undefined) throw new Error(`${task} has no cabinet`);
  return cabinet.baseFromCabinet;
}

/** What stays the same while the expert is at an errand. */
export function geometryOf(
  scene: Scene,
  { subtask, source, target }: CurrentSubtask,
  grasp: GraspProfile,
  homeOrientation: Quat,
): TaskGeometry {
  return {
    subtask,
    grasp,
    source,
    target,
    offset: subtask === 'near' ? nearOffset(scene, grasp) : [0, 0],
    releaseAboveM:
      subtask === 'drop'
        ? DRAWER_RELEASE_ABOVE_M
        : target.look.name === 'basket'
          ? BASKET_RELEASE_ABOVE_M
          : RELEASE_ABOVE_M,
    homeOrientation,
  };
}

/**
 * Beside the target, seen along the fingers' way, so that open fingers do not touch it: on the side
 * that the source comes from, unless something else stands there or it is out of reach.
 */
function nearOffset({ objects, goal }: Scene, grasp: GraspProfile): readonly [number, number] {
  if (goal.kind !== 'near') return [0, 0];
  const [source, target] = [objects[goal.source]!, objects[goal.target]!];
  const sizeOf = (object: SceneObject): number => halfDiagonal({ model: modelOf(object) });
  const distance = sizeOf(source) + sizeOf(target) + NEAR_GAP_M;
  const across = [Math.cos(grasp.neutralYawRad), Math.sin(grasp.neutralYawRad)] as const;
  const side =
    Math.sign((source.x - target.x) * across[0] + (source.y - target.y) * across[1]) || 1;
  const beside = (sign: number) =>
    [across[0] * distance * sign, across[1] * distance * sign] as const;
  const [here, there] = [beside(side), beside(-side)];
  const room = ([dx, dy]: readonly [number, number]): number => {
    const others = objects.filter((object) => object !== source && object !== target);
    const gaps = others.map(({ x, y }) => Math.hypot(target.x + dx - x, target.y + dy - y));
    return Math.min(...gaps, REACH_Y_M - Math.abs(target.y + dy));
  };
  return room(here) >= NEAR_SPACE_M || room(here) >= room(there) ? here : there;
}

/** So much room around its place lets something be put down there. */
const NEAR_SPACE_M = 0.1;
/** Sideways the arm comes this far. */
const REACH_Y_M = 0.42;

function raised({ position: [x, y, z], orientation }: Pose, by: number): Pose {
  return { position: [x, y, z + by], orientation };
}

function moved(position: Vec3): Pose {
  return { position, orientation: [0, 0, 0, 1] };
}
