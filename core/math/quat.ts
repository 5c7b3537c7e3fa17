import type { Quat, Vec3 } from './types.ts';
import { vec3Normalize } from './vec3.ts';

export const QUAT_IDENTITY: Quat = [0, 0, 0, 1];

/** Row-major 3×3 rotation matrix. */
// prettier-ignore
export type Matrix3 = readonly [
  m00: number, m01: number, m02: number,
  m10: number, m11: number, m12: number,
  m20: number, m21: number, m22: number,
];

/** The rotation `b` followed by the rotation `a` (Hamilton product a·b). */
export function quatMultiply(a: Quat, b: Quat): Quat {
  const [ax, ay, az, aw] = a;
  const [bx, by, bz, bw] = b;
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

/** The inverse of a unit quaternion. */
export function quatConjugate(q: Quat): Quat {
  return [-q[0], -q[1], -q[2], q[3]];
}

/** Unit quaternion of the same rotation; throws where all four numbers are zero. */
export function quatNormalize(q: Quat): Quat {
  const norm = Math.sqrt(quatDot(q, q));
  if (!(norm > 0)) throw new RangeError(`quatNormalize: no rotation in [${q.join(', ')}]`);
  return [q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm];
}

export function quatDot(a: Quat, b: Quat): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}

/** `v` rotated by `q`: v + 2w(u×v) + 2u×(u×v), u the vector part. */
export function quatRotate(q: Quat, v: Vec3): Vec3 {
  const [x, y, z, w] = q;
  const tx = 2 * (y * v[2] - z * v[1]);
  const ty = 2 * (z * v[0] - x * v[2]);
  const tz = 2 * (x * v[1] - y * v[0]);
  return [
    v[0] + w * tx + y * tz - z * ty,
    v[1] + w * ty + z * tx - x * tz,
    v[2] + w * tz + x * ty - y * tx,
  ];
}

/** Rotation by `angleRad` about `axis` (any length but zero). */
export function quatFromAxisAngle(axis: Vec3, angleRad: number): Quat {
  const [x, y, z] = vec3Normalize(axis);
  const s = Math.sin(angleRad / 2);
  return [x * s, y * s, z * s, Math.cos(angleRad / 2)];
}

/** exp: rotation about the vector's direction by its length (rad). */
export function quatFromRotVec(v: Vec3): Quat {
  const angle = Math.hypot(v[0], v[1], v[2]);
  // sin(a/2)/a by its Taylor series near zero, where the quotient loses its digits
  const scale = angle < 1e-6 ? 0.5 - (angle * angle) / 48 : Math.sin(angle / 2) / angle;
  return [v[0] * scale, v[1] * scale, v[2] * scale, Math.cos(angle / 2)];
}

/** log: the shortest rotation vector (length ≤ π) of a unit quaternion. */
export function rotVecFromQuat(q: Quat): Vec3 {
  // q and −q are one rotation; w ≥ 0 picks the shorter way round
  const sign = q[3] < 0 ? -1 : 1;
  const [x, y, z, w] = [q[0] * sign, q[1] * sign, q[2] * sign, q[3] * sign];
  const sinHalf = Math.hypot(x, y, z);
  const scale = sinHalf < 1e-9 ? 2 : (2 * Math.atan2(sinHalf, w)) / sinHalf;
  return [x * scale, y * scale, z * scale];
}

/** Angle of the rotation between two orientations, 0…π. */
export function quatAngleBetween(a: Quat, b: Quat): number {
  const difference = quatMultiply(quatConjugate(a), b);
  const sinHalf = Math.hypot(difference[0], difference[1], difference[2]);
  return 2 * Math.atan2(sinHalf, Math.abs(difference[3]));
}

/** URDF's fixed-axis angles: roll about x, then pitch about y, then yaw about z. */
export function quatFromRollPitchYaw(roll: number, pitch: number, yaw: number): Quat {
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)];
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
    cr * cp * cy + sr * sp * sy,
  ];
}

/** The inverse of `quatFromRollPitchYaw`; pitch within ±π/2. */
export function rollPitchYawFromQuat(q: Quat): Vec3 {
  const [x, y, z, w] = q;
  const sinPitch = Math.max(-1, Math.min(1, 2 * (w * y - z * x)));
  return [
    Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
    Math.asin(sinPitch),
    Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
  ];
}

export function matrixFromQuat(q: Quat): Matrix3 {
  const [x, y, z, w] = q;
  // prettier-ignore
  return [
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  ];
}

/** Unit quaternion (w ≥ 0) of a rotation matrix, by the largest of the four components (Shepperd). */
export function quatFromMatrix(m: Matrix3): Quat {
  const [m00, m01, m02, m10, m11, m12, m20, m21, m22] = m;
  const trace = m00 + m11 + m22;
  let q: Quat;
  if (trace > 0) q = [m21 - m12, m02 - m20, m10 - m01, 1 + trace];
  else if (m00 > m11 && m00 > m22) q = [1 + m00 - m11 - m22, m01 + m10, m02 + m20, m21 - m12];
  else if (m11 > m22) q = [m01 + m10, 1 - m00 + m11 - m22, m12 + m21, m02 - m20];
  else q = [m02 + m20, m12 + m21, 1 - m00 - m11 + m22, m10 - m01];
  const unit = quatNormalize(q);
  return unit[3] < 0 ? [-unit[0], -unit[1], -unit[2], -unit[3]] : unit;
}

/** Constant-speed rotation from `a` (t = 0) to `b` (t = 1), the shorter way round. */
export function slerp(a: Quat, b: Quat, t: number): Quat {
  const turn = rotVecFromQuat(quatMultiply(b, quatConjugate(a)));
  return quatNormalize(quatMultiply(quatFromRotVec([turn[0] * t, turn[1] * t, turn[2] * t]), a));
}
