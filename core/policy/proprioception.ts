import { quatConjugate, quatMultiply, rotVecFromQuat } from '../math/quat.ts';
import type { Quat } from '../math/types.ts';
import type { Observation } from '../observation/Observation.ts';

/** Numbers in the proprioception that a model reads. */
export const PROPRIO_DIM = 7;

/**
 * What the expert knows of the arm, in SI units and not normalised: position of the end effector in
 * the base frame (m), rotation vector of R · R_homeᵀ in base axes (rad, length ≤ π), measured
 * gripper opening 0…1. Training data and inference both use this function.
 */
export function proprioOf(
  observation: Pick<Observation, 'baseFromEe' | 'gripperOpening'>,
  homeOrientation: Quat,
): Float32Array {
  const { position, orientation } = observation.baseFromEe;
  const fromHome = quatMultiply(orientation, quatConjugate(homeOrientation));
  return Float32Array.of(...position, ...rotVecFromQuat(fromHome), observation.gripperOpening);
}
