import type { Random } from '../../core/math/random.ts';
import { transformPoint } from '../../core/math/pose.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { widowxFrontCamera } from '../render/CameraModel.ts';
import type { CubeColor, SourceKind, SupportKind } from '../world/bodies.ts';
import { isSupportKind } from '../world/bodies.ts';
import type { SceneObject } from '../world/Scene.ts';
import { modelOf, restPose } from '../world/Scene.ts';
import { footprintOf, graspFootprintOf, rectanglesOverlap } from './footprint.ts';

/** Something on the WidowX's table. */
export type LayoutItem = { readonly kind: SourceKind | SupportKind; readonly color?: CubeColor };

/** Where the arm reaches down and the camera sees; metres in the base frame. */
export const WORKSPACE = { x: [0.2, 0.36], y: [-0.15, 0.15] } as const;
/** Distractors may lie a little farther out. */
const DISTRACTOR_SPACE = { x: [0.18, 0.42], y: [-0.2, 0.2] } as const;

/** Kept free on every side of the picture, pixels of 640×480. */
const IMAGE_MARGIN_PX = 14;
const GAP_M = 0.012;
const ATTEMPTS = 4000;

/**
 * Yaw stays where the rule that turns it into a grasp yaw is smooth: elongated things within
 * ±70° and cubes within ±35° of the arm's forward axis.
 */
const YAW_LIMIT_RAD: Readonly<Record<SourceKind | SupportKind, number>> = {
  spoon: (70 * Math.PI) / 180,
  carrot: (70 * Math.PI) / 180,
  eggplant: (70 * Math.PI) / 180,
  cube: (35 * Math.PI) / 180,
  plate: 0,
  towel: (20 * Math.PI) / 180,
  basket: (20 * Math.PI) / 180,
};

/** The basket's long side lies across the arm. */
const YAW_CENTRE_RAD: Readonly<Partial<Record<LayoutItem['kind'], number>>> = {
  basket: Math.PI / 2,
};

/**
 * Places source, target and distractors (in this order) so that nothing touches, the source can be
 * gripped, and all of it is in the picture.
 */
export function sampleLayout(items: readonly LayoutItem[], random: Random): SceneObject[] {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const placed: SceneObject[] = [];
    for (const [index, item] of items.entries()) {
      const object = tryPlace(item, index < 2, placed, random);
      if (object === undefined) break;
      placed.push(object);
    }
    if (placed.length === items.length) return placed;
  }
  throw new Error(`no layout found for ${items.map((i) => i.kind).join(', ')}`);
}

function tryPlace(
  item: LayoutItem,
  needed: boolean,
  placed: readonly SceneObject[],
  random: Random,
): SceneObject | undefined {
  const space = needed ? WORKSPACE : DISTRACTOR_SPACE;
  for (let attempt = 0; attempt < 12; attempt++) {
    const limit = YAW_LIMIT_RAD[item.kind];
    const object: SceneObject = {
      ...item,
      x: random.uniform(space.x[0], space.x[1]),
      y: random.uniform(space.y[0], space.y[1]),
      yawRad: (YAW_CENTRE_RAD[item.kind] ?? 0) + random.uniform(-limit, limit),
    };
    if (isInPicture(object) && isFree(object, placed)) return object;
  }
  return undefined;
}

function isFree(object: SceneObject, placed: readonly SceneObject[]): boolean {
  const own = footprintOf(object, GAP_M);
  return placed.every((other, index) => {
    if (rectanglesOverlap(own, footprintOf(other))) return false;
    // The first one placed is the source: the fingers come down around it.
    return index > 0 || !rectanglesOverlap(footprintOf(object), graspFootprintOf(other));
  });
}

function isInPicture(object: SceneObject): boolean {
  const pose = restPose(object);
  const [hx, hy, hz] = modelOf(object).look.halfExtents;
  const { width, height } = widowxFrontCamera;
  const margin = isSupportKind(object.kind) ? IMAGE_MARGIN_PX / 2 : IMAGE_MARGIN_PX;
  for (let corner = 0; corner < 8; corner++) {
    const local: Vec3 = [corner & 1 ? hx : -hx, corner & 2 ? hy : -hy, corner & 4 ? hz : -hz];
    const p = widowxFrontCamera.project(transformPoint(pose, local));
    if (p === undefined) return false;
    if (p.u < margin || p.u > width - margin || p.v < margin || p.v > height - margin) return false;
  }
  return true;
}
