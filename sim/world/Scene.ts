import type { Pose } from '../../core/math/types.ts';
import { quatFromAxisAngle } from '../../core/math/quat.ts';
import type { BodyKind, BodyModel } from './BodyModel.ts';
import type { CubeColor } from './bodies.ts';
import { bodyModel } from './bodies.ts';
import type { DrawerName } from './cabinet.ts';
import type { SceneEvent } from './SceneEvent.ts';
import type { SceneLook } from './SceneLook.ts';
import { unseenBody } from './unseenBodies.ts';
import { isUnseenKind } from './unseenKinds.ts';
import { variedBody } from './variedBodies.ts';

/** One thing at rest. */
export type SceneObject = {
  readonly kind: BodyKind;
  readonly color?: CubeColor;
  /** Which of the kind's varieties it is, where it does not look as usual; see `variedBody`. */
  readonly variety?: number;
  readonly x: number;
  readonly y: number;
  readonly yawRad: number;
  /** Height of what it stands on, in base axes; 0 by default. */
  readonly supportZM?: number;
};

/** What is to be achieved; numbers are indices into the scene's objects. */
export type Goal =
  /** The source rests on the target. */
  | { readonly kind: 'place'; readonly source: number; readonly target: number }
  /** The source is lifted. */
  | { readonly kind: 'pick'; readonly source: number }
  /** The source stands near the target, which nothing else is nearer to. */
  | { readonly kind: 'near'; readonly source: number; readonly target: number }
  | { readonly kind: 'open' | 'close'; readonly drawer: DrawerName }
  /** The source lies in the drawer, which was closed. */
  | { readonly kind: 'store'; readonly source: number; readonly drawer: DrawerName };

/** Where a cabinet stands, and how far its drawers are pulled out in the beginning. */
export type CabinetPlace = {
  readonly baseFromCabinet: Pose;
  readonly openM: Readonly<Record<DrawerName, number>>;
};

/** What the operator says next, and where that asks for something else, what that is. */
export type FollowUp = {
  readonly fromTick: number;
  readonly instruction: string;
  readonly goal?: Goal;
};

/** What there is and what is to be done with it. */
export type Scene = {
  readonly task: string;
  readonly instruction: string;
  /** What the operator says from a later tick on. */
  readonly followUp?: FollowUp;
  readonly maxTicks: number;
  readonly objects: readonly SceneObject[];
  readonly goal: Goal;
  readonly cabinet?: CabinetPlace;
  /** What happens on the way, whatever the arm does. */
  readonly events?: readonly SceneEvent[];
  /** What does not look as in the scenes that models are trained on. */
  readonly look?: SceneLook;
};

export function modelOf({ kind, color, variety }: SceneObject): BodyModel {
  if (isUnseenKind(kind)) return unseenBody(kind);
  return variety === undefined ? bodyModel(kind, color) : variedBody(kind, variety);
}

/** The pose of an object at rest on its support, in base axes. */
export function restPose(object: SceneObject): Pose {
  return {
    position: [object.x, object.y, (object.supportZM ?? 0) + modelOf(object).look.halfExtents[2]],
    orientation: quatFromAxisAngle([0, 0, 1], object.yawRad),
  };
}

/** What the operator says at a tick. */
export function instructionAt({ instruction, followUp }: Scene, tick: number): string {
  return followUp !== undefined && tick >= followUp.fromTick ? followUp.instruction : instruction;
}

/** The goal of a scene in which something is placed on something else; throws for others. */
export function placeGoal({ task, goal }: Scene): Extract<Goal, { kind: 'place' }> {
  if (goal.kind !== 'place') throw new Error(`${task} is no task of placing something`);
  return goal;
}
