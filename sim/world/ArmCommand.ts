/** The part of a joint command that a simulated arm follows. */
export type ArmCommand = {
  readonly names: readonly string[];
  readonly positions: ArrayLike<number>;
  readonly gripperJointPosition: number;
};
