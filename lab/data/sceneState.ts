import type { Pose } from '../../core/math/types.ts';
import { vec3Dot, vec3Sub } from '../../core/math/vec3.ts';
import { subtaskOf, geometryOf } from '../../sim/expert/subtasks.ts';
import type { CurrentSubtask } from '../../sim/expert/subtasks.ts';
import type { GraspProfile } from '../../sim/expert/GraspProfile.ts';
import { outward } from '../../sim/expert/handlePoses.ts';
import type { TaskGeometry, TaskState } from '../../sim/expert/TaskState.ts';
import { drawerJoint, DRAWERS } from '../../sim/world/cabinet.ts';
import type { PlacedBody } from '../../sim/world/SceneRenderer.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { modelOf, restPose } from '../../sim/world/Scene.ts';

/** How an episode of this scene begins, for the expert. */
export function initialGeometry(
  scene: Scene,
  grasp: GraspProfile,
  homeOrientation: Pose['orientation'],
): TaskGeometry {
  return geometryOf(scene, initialSubtask(scene), grasp, homeOrientation);
}

/** The state in which an episode of this scene begins. */
export function initialState(scene: Scene, baseFromHome: Pose): TaskState {
  const { baseFromSource, baseFromTarget } = initialSubtask(scene);
  return {
    baseFromEe: baseFromHome,
    gripperOpening: 1,
    baseFromSource,
    baseFromTarget,
    held: false,
  };
}

function initialSubtask(scene: Scene): CurrentSubtask {
  return subtaskOf({
    scene,
    tick: 0,
    baseFromBody: (index) => restPose(scene.objects[index]!),
    openM: (drawer) => scene.cabinet?.openM[drawer] ?? 0,
  });
}

/** What to draw for a state: the scene with its source where the state has it. */
export function bodiesOf(scene: Scene, state: TaskState): readonly PlacedBody[] {
  const source = 'source' in scene.goal && scene.goal.kind !== 'store' ? scene.goal.source : -1;
  return scene.objects.map((object, i) => ({
    model: modelOf(object),
    baseFromBody: i === source ? state.baseFromSource : restPose(object),
  }));
}

/** Positions of the cabinet's joints for a state, by name; none if there is no cabinet. */
export function drawersOf(scene: Scene, state: TaskState): ReadonlyMap<string, number> {
  const { cabinet, goal } = scene;
  if (cabinet === undefined) return new Map();
  const moved = vec3Sub(
    state.baseFromSource.position,
    initialSubtask(scene).baseFromSource.position,
  );
  const movedM = vec3Dot(moved, outward(state.baseFromSource));
  return new Map(
    DRAWERS.map((drawer) => {
      const openM = cabinet.openM[drawer];
      const isMoved = 'drawer' in goal && goal.drawer === drawer;
      return [drawerJoint(drawer), isMoved ? openM + movedM : openM];
    }),
  );
}
