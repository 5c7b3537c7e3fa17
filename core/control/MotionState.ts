/** Of some joints: rad, rad/s, rad/s². */
export type MotionState = {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
};

/** Creates the state of joints at rest at zero; `size` is their number. */
export function newMotionState(size: number): MotionState {
  const zeros = (): Float64Array => new Float64Array(size);
  return { positions: zeros(), velocities: zeros(), accelerations: zeros() };
}

/** Copies the state of some joints into arrays of the same size. */
export function copyMotionState(from: MotionState, to: MotionState): void {
  to.positions.set(from.positions);
  to.velocities.set(from.velocities);
  to.accelerations.set(from.accelerations);
}
