import type { Pose, Quat } from '../../core/math/types.ts';
import type { SimWorld } from '../world/SimWorld.ts';
import { subtaskOf, geometryOf } from './subtasks.ts';
import type { WorldView } from './subtasks.ts';
import type { TaskGeometry, TaskState } from './TaskState.ts';
import { carriedPose } from './TaskState.ts';

/** What the expert is at in the world's present state. */
export function taskGeometry(world: SimWorld, homeOrientation: Quat): TaskGeometry {
  return geometryOf(world.scene, subtaskOf(viewOf(world)), world.arm.grasp, homeOrientation);
}

/** What the arm reports at a tick, as the expert needs it. */
export type ArmReading = {
  /** Where the arm was told to go by now. */
  readonly commandedBaseFromEe: Pose;
  readonly measuredBaseFromEe: Pose;
  readonly gripperOpening: number;
};

/**
 * The task's state as the expert sees it. Where decisions compose onto the command, what the gripper
 * holds is put where it will be once the arm has caught up with it.
 */
export function observeTask(world: SimWorld, arm: ArmReading): TaskState {
  const subtask = subtaskOf(viewOf(world));
  const { baseFromSource: source, baseFromTarget } = subtask;
  const { deltaBase } = world.embodiment;
  const { measuredBaseFromEe } = arm;
  const baseFromEe = deltaBase === 'measured' ? measuredBaseFromEe : arm.commandedBaseFromEe;
  const held = isHeld(world, subtask.handle);
  return {
    baseFromEe,
    gripperOpening: arm.gripperOpening,
    baseFromSource:
      held && subtask.handle === undefined && deltaBase === 'target'
        ? carriedPose(source, measuredBaseFromEe, baseFromEe)
        : source,
    baseFromTarget,
    held,
  };
}

function isHeld(world: SimWorld, handle: string | undefined): boolean {
  return handle === undefined ? world.contacts().gripped : world.grips(handle);
}

function viewOf(world: SimWorld): WorldView {
  return {
    scene: world.scene,
    tick: world.tick,
    baseFromBody: (index) => world.bodies()[index]!.baseFromBody,
    openM: (drawer) => world.drawerOpenM(drawer),
  };
}
