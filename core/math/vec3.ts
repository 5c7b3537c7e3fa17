import type { Vec3 } from './types.ts';

export const VEC3_ZERO: Vec3 = [0, 0, 0];

export function vec3Add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function vec3Sub(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function vec3Scale(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function vec3Dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function vec3Cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function vec3Norm(a: Vec3): number {
  return Math.sqrt(vec3Dot(a, a));
}

export function vec3Distance(a: Vec3, b: Vec3): number {
  return vec3Norm(vec3Sub(a, b));
}

/** Unit vector along `a`; throws for the zero vector, which has no direction. */
export function vec3Normalize(a: Vec3): Vec3 {
  const norm = vec3Norm(a);
  if (!(norm > 0)) throw new RangeError(`vec3Normalize: no direction in [${a.join(', ')}]`);
  return vec3Scale(a, 1 / norm);
}

/** `a` at t = 0, `b` at t = 1. */
export function vec3Lerp(a: Vec3, b: Vec3, t: number): Vec3 {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** The vector itself where its length is at most `maxNorm`, else shortened to that length. */
export function vec3ClampNorm(a: Vec3, maxNorm: number): Vec3 {
  const norm = vec3Norm(a);
  return norm > maxNorm ? vec3Scale(a, maxNorm / norm) : a;
}
