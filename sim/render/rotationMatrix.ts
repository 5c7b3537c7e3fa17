import type { Quat } from '../../core/math/types.ts';

/**
 * Writes the row-major 3×3 rotation of a unit quaternion into `out`. The renderer keeps matrices
 * in preallocated arrays, since it turns thousands of vertices a frame.
 */
export function rotationMatrix(q: Quat, out: Float64Array): Float64Array {
  const x = q[0];
  const y = q[1];
  const z = q[2];
  const w = q[3];
  out[0] = 1 - 2 * (y * y + z * z);
  out[1] = 2 * (x * y - w * z);
  out[2] = 2 * (x * z + w * y);
  out[3] = 2 * (x * y + w * z);
  out[4] = 1 - 2 * (x * x + z * z);
  out[5] = 2 * (y * z - w * x);
  out[6] = 2 * (x * z - w * y);
  out[7] = 2 * (y * z + w * x);
  out[8] = 1 - 2 * (x * x + y * y);
  return out;
}
