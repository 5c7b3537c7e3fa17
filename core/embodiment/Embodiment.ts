import type { Vec3 } from '../math/types.ts';

/** How far open 0 and 1 are, as positions of the finger joint (m or rad). */
export type GripperRange = {
  readonly joint: string;
  readonly closed: number;
  readonly open: number;
};

/** Axis-aligned box in base axes, metres. */
export type WorkspaceBox = { readonly min: Vec3; readonly max: Vec3 };

/** Bounds that the controller keeps, besides the joint limits of the URDF. */
export type MotionLimits = {
  /** Narrower ranges of some arm joints, by name, rad. */
  readonly position: Readonly<Record<string, { readonly lower: number; readonly upper: number }>>;
  /** Per arm joint, rad/s, rad/s² and rad/s³; the URDF's velocity limit holds where it is lower. */
  readonly velocity: readonly number[];
  readonly acceleration: readonly number[];
  readonly jerk: readonly number[];
  /** Of the finger joint, m/s and m/s² (rad for turning fingers). */
  readonly gripperVelocity: number;
  readonly gripperAcceleration: number;
  /** Where the end effector's target may be. */
  readonly workspace: WorkspaceBox;
  /** Longest translation and rotation of the target in one tick. */
  readonly maxStepM: number;
  readonly maxStepRad: number;
  readonly clearance: Clearance;
  readonly singularity: SingularityLimits;
};

/** What the arm keeps away from, metres. */
export type Clearance = {
  /** Between the capsules around links that are not neighbours. */
  readonly selfM: number;
  /** Height of the table (or floor) in base axes; no moving part of the arm goes lower. */
  readonly tableZM: number;
};

/**
 * How far from singularities the target stays, as `Dexterity` with `metresPerRadian` of the solver
 * measures it, m: where it would fall below `slow` steps become shorter, at `stop` there are none.
 */
export type SingularityLimits = { readonly slowM: number; readonly stopM: number };

/** Everything specific to one arm; the only place for its own conventions. */
export type Embodiment = {
  readonly name: string;
  /** File in `urdf/`. */
  readonly urdfFile: string;
  readonly baseLink: string;
  readonly eeLink: string;
  /** From base to tip: the order of every joint vector. */
  readonly armJoints: readonly string[];
  /** Finger joints; the first is the one that is read and commanded. */
  readonly fingerJoints: readonly string[];
  /** The policy's period. */
  readonly tickSec: number;
  readonly gripper: GripperRange;
  /** What a delta action moves: the previous target, or the pose measured at the tick. */
  readonly deltaBase: 'target' | 'measured';
  /** Where episodes begin, in the order of `armJoints`; the gripper is open. */
  readonly homeJoints: readonly number[];
  /** Joints that are neither arm nor gripper, such as a head's, and where they stay; rad. */
  readonly heldJoints: Readonly<Record<string, number>>;
  readonly limits: MotionLimits;
};

/** 0 closed … 1 open, clamped. */
export function gripperOpeningOf(gripper: GripperRange, jointPosition: number): number {
  const opening = (jointPosition - gripper.closed) / (gripper.open - gripper.closed);
  return Math.min(1, Math.max(0, opening));
}

/** Finger joint position of an opening, which is clamped to 0…1. */
export function gripperPositionOf(gripper: GripperRange, opening: number): number {
  const clamped = Math.min(1, Math.max(0, opening));
  return gripper.closed + (gripper.open - gripper.closed) * clamped;
}
