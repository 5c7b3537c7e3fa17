import type { Quat, Vec3 } from '../../core/math/types.ts';
import { CameraModel } from '../../sim/render/CameraModel.ts';
import type { Primitive, Rgb, Shape } from '../../sim/render/Primitive.ts';

/** Looks along the base frame's z axis from the origin: x right, y down. */
export const straightCamera = new CameraModel(
  { width: 101, height: 101, fx: 100, fy: 100, cx: 50, cy: 50 },
  { position: [0, 0, 0], orientation: [0, 0, 0, 1] },
);

/** Looks straight down from 1 m: base x is up in the picture, base y is left. */
export const overheadCamera = new CameraModel(
  { width: 101, height: 101, fx: 100, fy: 100, cx: 50, cy: 50 },
  { position: [0, 0, 1], orientation: [Math.SQRT1_2, -Math.SQRT1_2, 0, 0] },
);

/** A turn about an axis (any length), radians. */
export function turn(axis: Vec3, angle: number): Quat {
  const n = Math.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2);
  const s = n === 0 ? 0 : Math.sin(angle / 2) / n;
  return [axis[0] * s, axis[1] * s, axis[2] * s, n === 0 ? 1 : Math.cos(angle / 2)];
}

export function solid(
  shape: Shape,
  size: Vec3,
  position: Vec3,
  more: Partial<Primitive> & { readonly orientation?: Quat } = {},
): Primitive {
  const { orientation = [0, 0, 0, 1], ...rest } = more;
  const color: Rgb = [0.5, 0.5, 0.5];
  return { shape, size, color, pose: { position, orientation }, ...rest };
}
