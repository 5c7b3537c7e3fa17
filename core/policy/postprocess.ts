import { quatFromRollPitchYaw, rotVecFromQuat } from '../math/quat.ts';
import type { ActionStatistics } from './ActionStatistics.ts';
import type { ActionSpec } from './ModelSpec.ts';

/** −1…1 → q01…q99. */
export function unnormalise(value: number, q01: number, q99: number): number {
  return 0.5 * (value + 1) * (q99 - q01) + q01;
}

/**
 * What the denoising gives [horizon, dim] → canonical actions: clip, gripper threshold,
 * un-normalise, rotation vector, gripper opening. The input stays as it is.
 */
export function postprocess(
  normalised: Float32Array,
  spec: ActionSpec,
  statistics: ActionStatistics,
): Float32Array {
  const actions = new Float32Array(normalised.length);
  for (let start = 0; start < normalised.length; start += spec.dim) {
    for (let i = 0; i < spec.dim; i++) {
      const clipped = Math.max(-spec.clip, Math.min(spec.clip, normalised[start + i]!));
      const value = i === spec.gripperIndex ? gripperOf(clipped, spec) : clipped;
      actions[start + i] = statistics.mask[i]
        ? unnormalise(value, statistics.q01[i]!, statistics.q99[i]!)
        : value;
    }
    if (spec.rotation === 'euler_xyz')
      eulerToRotationVector(actions.subarray(start + 3, start + 6));
  }
  return actions;
}

/** The opening that a gripper value stands for: 0 closed, 1 open. */
function gripperOf(value: number, { gripperThreshold, gripperConvention }: ActionSpec): number {
  const isSet = value >= gripperThreshold;
  return isSet === (gripperConvention === 'open_1') ? 1 : 0;
}

function eulerToRotationVector(rotation: Float32Array): void {
  const [roll = 0, pitch = 0, yaw = 0] = rotation;
  rotation.set(rotVecFromQuat(quatFromRollPitchYaw(roll, pitch, yaw)));
}
