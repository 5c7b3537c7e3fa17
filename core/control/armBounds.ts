import type { Chain } from '../kinematics/Chain.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import { movableJoint } from '../kinematics/UrdfModel.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';

/** Bounds per joint, in the order of the joint vector; rad, seconds. */
export type JointBounds = {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly velocity: readonly number[];
  readonly acceleration: readonly number[];
  readonly jerk: readonly number[];
};

/**
 * Commands stay this far within the URDF's limits, rad or m: a receiver that enforces these has nothing
 * to do because of a rounding (3e-7 in a float32), or of how it interpolates.
 */
export const LIMIT_MARGIN = 1e-5;

/** What the arm's joints are kept to: the URDF's limits, or the embodiment's where they are narrower. */
export function armBounds({ armJoints, limits }: Embodiment, urdf: UrdfModel): JointBounds {
  const joints = armJoints.map((name) => ({
    limit: movableJoint(urdf, name).limit,
    own: limits.position[name] ?? { lower: -Infinity, upper: Infinity },
  }));
  return {
    lower: joints.map(({ limit, own }) => Math.max(limit.lower + LIMIT_MARGIN, own.lower)),
    upper: joints.map(({ limit, own }) => Math.min(limit.upper - LIMIT_MARGIN, own.upper)),
    velocity: joints.map(({ limit }, i) => Math.min(limit.velocity, limits.velocity[i]!)),
    acceleration: limits.acceleration,
    jerk: limits.jerk,
  };
}

/** Bounds of the commanded finger joint, m (rad for turning fingers), seconds. */
export type GripperBounds = {
  readonly lower: number;
  readonly upper: number;
  readonly velocity: number;
  readonly acceleration: number;
};

/** What the finger joint is kept to: the gripper's stroke. */
export function gripperBounds({ gripper, limits }: Embodiment, urdf: UrdfModel): GripperBounds {
  const { limit } = movableJoint(urdf, gripper.joint);
  return {
    lower: Math.max(limit.lower, Math.min(gripper.closed, gripper.open)),
    upper: Math.min(limit.upper, Math.max(gripper.closed, gripper.open)),
    velocity: Math.min(limit.velocity, limits.gripperVelocity),
    acceleration: limits.gripperAcceleration,
  };
}

/** @throws Error if the chain does not have the joints of the embodiment, in their order */
export function assertSameJoints(embodiment: Embodiment, chain: Chain): void {
  const expected = embodiment.armJoints.join(', ');
  const found = chain.jointNames.join(', ');
  if (expected !== found) {
    throw new Error(
      `Embodiment ${embodiment.name}: expected joints ${expected}; its URDF has ${found}`,
    );
  }
}
