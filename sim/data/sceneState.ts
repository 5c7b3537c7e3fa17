import type { Pose } from '../../core/math/types.ts';
import type { TaskGeometry, TaskState } from '../expert/TaskState.ts';
import type { PlacedBody } from '../world/SceneRenderer.ts';
import type { Scene } from '../world/Scene.ts';
import { modelOf, restPose } from '../world/Scene.ts';

export function geometryOf(scene: Scene, homeOrientation: Pose['orientation']): TaskGeometry {
  return {
    source: modelOf(scene.objects[scene.source]!),
    target: modelOf(scene.objects[scene.target]!),
    homeOrientation,
  };
}

/** The state in which an episode of this scene begins. */
export function initialState(scene: Scene, baseFromHome: Pose): TaskState {
  return {
    baseFromEe: baseFromHome,
    gripperOpening: 1,
    baseFromSource: restPose(scene.objects[scene.source]!),
    baseFromTarget: restPose(scene.objects[scene.target]!),
    held: false,
  };
}

/** What to draw for a state: the scene with its source where the state has it. */
export function bodiesOf(scene: Scene, state: TaskState): readonly PlacedBody[] {
  return scene.objects.map((object, i) => ({
    model: modelOf(object),
    baseFromBody: i === scene.source ? state.baseFromSource : restPose(object),
  }));
}
