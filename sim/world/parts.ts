import type { Pose, Quat, Vec3 } from '../../core/math/types.ts';
import type { Primitive, Rgb, Shape } from '../render/Primitive.ts';
import type { CollisionPart } from './BodyModel.ts';

/** Turns a shape's own axis, z, onto the object's x. */
export const zOntoX: Quat = [0, Math.SQRT1_2, 0, Math.SQRT1_2];
const upright: Quat = [0, 0, 0, 1];

export const at = (x: number, y: number, z: number, orientation: Quat = upright): Pose => ({
  position: [x, y, z],
  orientation,
});

export const part = (
  shape: Shape,
  size: Vec3,
  pose: Pose,
  color: Rgb,
  more: Partial<Primitive> = {},
): Primitive => ({ shape, size, pose, color, ...more });

export const box = (size: Vec3, position: Vec3 = [0, 0, 0]): CollisionPart => ({
  type: 'box',
  size,
  position,
});

export const cylinder = (
  radius: number,
  half: number,
  position: Vec3 = [0, 0, 0],
): CollisionPart => ({ type: 'cylinder', size: [radius, half], position });
