import type { Pose, Quat } from '../../core/math/types.ts';
import type { SimWorld } from '../world/SimWorld.ts';
import type { TaskGeometry, TaskState } from './TaskState.ts';
import { carriedPose } from './TaskState.ts';

/** The constants of the world's present episode. */
export function taskGeometry(world: SimWorld, homeOrientation: Quat): TaskGeometry {
  const { scene } = world;
  const bodies = world.bodies();
  return {
    source: bodies[scene.source]!.model,
    target: bodies[scene.target]!.model,
    homeOrientation,
  };
}

/** What the arm reports at a tick, as the expert needs it. */
export type ArmReading = {
  /** Where the arm was told to go by now. */
  readonly commandedBaseFromEe: Pose;
  readonly measuredBaseFromEe: Pose;
  readonly gripperOpening: number;
};

/**
 * The task's state as the expert sees it. What the gripper holds is put where it will be once the
 * arm has caught up with its command, since decisions compose onto the command.
 */
export function observeTask(world: SimWorld, arm: ArmReading): TaskState {
  const { scene } = world;
  const bodies = world.bodies();
  const source = bodies[scene.source]!.baseFromBody;
  const held = world.contacts().gripped;
  return {
    baseFromEe: arm.commandedBaseFromEe,
    gripperOpening: arm.gripperOpening,
    baseFromSource: held
      ? carriedPose(source, arm.measuredBaseFromEe, arm.commandedBaseFromEe)
      : source,
    baseFromTarget: bodies[scene.target]!.baseFromBody,
    held,
  };
}
