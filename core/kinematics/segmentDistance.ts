/**
 * Distance between two segments, each six numbers in `ends` (one end, then the other) from the given
 * offsets on.
 *
 * The nearest points p₁ + s d₁ and p₂ + t d₂ of the lines solve two linear equations; outside the
 * segments, one parameter is clamped and the other is solved again for it (Ericson, Real-Time Collision
 * Detection, 2005, 5.1.9).
 */
export function segmentDistance(ends: Float64Array, first: number, second: number): number {
  const d1x = ends[first + 3]! - ends[first]!;
  const d1y = ends[first + 4]! - ends[first + 1]!;
  const d1z = ends[first + 5]! - ends[first + 2]!;
  const d2x = ends[second + 3]! - ends[second]!;
  const d2y = ends[second + 4]! - ends[second + 1]!;
  const d2z = ends[second + 5]! - ends[second + 2]!;
  const rx = ends[first]! - ends[second]!;
  const ry = ends[first + 1]! - ends[second + 1]!;
  const rz = ends[first + 2]! - ends[second + 2]!;
  const a = d1x * d1x + d1y * d1y + d1z * d1z;
  const e = d2x * d2x + d2y * d2y + d2z * d2z;
  const b = d1x * d2x + d1y * d2y + d1z * d2z;
  const c = d1x * rx + d1y * ry + d1z * rz;
  const f = d2x * rx + d2y * ry + d2z * rz;
  const denominator = a * e - b * b;
  let s = denominator > 1e-12 * a * e ? unit((b * f - c * e) / denominator) : 0;
  let t = e > 0 ? unit((b * s + f) / e) : 0;
  s = a > 0 ? unit((b * t - c) / a) : 0;
  t = e > 0 ? unit((b * s + f) / e) : 0;
  const x = rx + d1x * s - d2x * t;
  const y = ry + d1y * s - d2y * t;
  const z = rz + d1z * s - d2z * t;
  return Math.sqrt(x * x + y * y + z * z);
}

function unit(x: number): number {
  return Math.min(1, Math.max(0, x));
}
