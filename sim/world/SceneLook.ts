import { quatFromAxisAngle, quatMultiply } from '../../core/math/quat.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { vec3Add } from '../../core/math/vec3.ts';
import { CameraModel } from '../render/CameraModel.ts';
import type { Light } from '../render/lighting.ts';
import type { Primitive, Rgb, Texture } from '../render/Primitive.ts';
import type { Surroundings } from './surroundings.ts';

/** How far a camera is from where it was. */
export type CameraShift = {
  /** In base axes. */
  readonly moveM: Vec3;
  /** About the base's vertical, to the left. */
  readonly yawRad: number;
  /** About the picture's horizontal axis, upwards. */
  readonly pitchRad: number;
};

/** What of a scene looks other than usual; what it leaves out looks as ever. Nothing moves by it. */
export type SceneLook = {
  readonly name: string;
  readonly light?: Light;
  readonly camera?: CameraShift;
  /** What the things stand on: the table, the counter. */
  readonly top?: { readonly color: Rgb; readonly texture: Texture };
  /** In the place of what stands behind everything. */
  readonly backdrop?: readonly Primitive[];
  /** Factor of the cabinet's colours. */
  readonly furnitureTint?: Rgb;
};

/** What stands around an arm, as a look has it. */
export function withTexture(
  { primitives }: Surroundings,
  look: SceneLook | undefined,
): Primitive[] {
  if (look === undefined) return [...primitives];
  const { top, backdrop } = look;
  const kept = backdrop === undefined ? primitives : primitives.filter((p) => !isBackdrop(p));
  const parts = kept.map((part) =>
    part.surface === 'top' && top !== undefined ? { ...part, ...top } : part,
  );
  return [...(backdrop ?? []), ...parts];
}

function isBackdrop({ surface }: Surroundings['primitives'][number]): boolean {
  return surface === 'backdrop';
}

export function withTint(parts: readonly Primitive[], tint: Rgb | undefined): readonly Primitive[] {
  if (tint === undefined) return parts;
  return parts.map((part) => {
    const [r, g, b] = part.color;
    return { ...part, color: [r * tint[0], g * tint[1], b * tint[2]] };
  });
}

/** The same camera at another place. */
export function withOffset(camera: CameraModel, shift: CameraShift | undefined): CameraModel {
  if (shift === undefined) return camera;
  const { position, orientation } = camera.baseFromCamera;
  const turned = quatMultiply(quatFromAxisAngle([0, 0, 1], shift.yawRad), orientation);
  return new CameraModel(camera.intrinsics, {
    position: vec3Add(position, shift.moveM),
    orientation: quatMultiply(turned, quatFromAxisAngle([1, 0, 0], shift.pitchRad)),
  });
}
