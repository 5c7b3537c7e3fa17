import { gripperPositionOf } from '../../core/embodiment/Embodiment.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { movableJoint } from '../../core/kinematics/UrdfModel.ts';

/**
 * Position of every joint, arm joints in the embodiment's order, for a gripper opening 0…1; fingers
 * that mimic others follow.
 */
export function jointPositionsOf(
  { armJoints, fingerJoints, gripper, heldJoints }: Embodiment,
  urdf: UrdfModel,
  arm: ArrayLike<number>,
  opening: number,
): Map<string, number> {
  const finger = gripperPositionOf(gripper, opening);
  return new Map<string, number>([
    ...armJoints.map((name, i) => [name, arm[i]!] as const),
    ...fingerJoints.map((name) => {
      const { mimic } = movableJoint(urdf, name);
      const q = mimic === undefined ? finger : mimic.multiplier * finger + mimic.offset;
      return [name, q] as const;
    }),
    ...Object.entries(heldJoints),
  ]);
}

/** Home position of every joint, the gripper open. */
export function homePositions(
  embodiment: Embodiment,
  urdf: UrdfModel,
): ReadonlyMap<string, number> {
  return jointPositionsOf(embodiment, urdf, embodiment.homeJoints, 1);
}
