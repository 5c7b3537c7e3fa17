import type { Random } from '../../core/math/random.ts';
import { transformPoint } from '../../core/math/pose.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { widowxFrontCamera } from '../render/CameraModel.ts';
import type { CubeColor } from '../world/bodies.ts';
import type { SourceKind, SupportKind } from '../world/bodyKinds.ts';
import { isSupportKind } from '../world/bodies.ts';
import type { SceneObject } from '../world/Scene.ts';
import { modelOf, restPose } from '../world/Scene.ts';
import type { UnseenTableKind } from '../world/unseenKinds.ts';
import { isUnseenKind, UNSEEN_TABLE_THINGS } from '../world/unseenKinds.ts';
import { footprintOf, graspFootprintOf, rectanglesOverlap } from './footprint.ts';

/** Something on the WidowX's table. */
export type LayoutItem = {
  readonly kind: SourceKind | SupportKind | UnseenTableKind;
  readonly color?: CubeColor;
  readonly variety?: number;
};

/** Where the arm reaches down and the camera sees; metres in the base frame. */
export const WORKSPACE = { x: [0.2, 0.36], y: [-0.15, 0.15] } as const;
/** Distractors may lie a little farther out. */
const DISTRACTOR_SPACE = { x: [0.18, 0.42], y: [-0.2, 0.2] } as const;

/** Kept free on every side of the picture, pixels of 640×480. */
const IMAGE_MARGIN_PX = 14;
const GAP_M = 0.012;
const ATTEMPTS = 4000;
const BESIDE_ATTEMPTS = 50;

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
const YAW_CENTRE_RAD: Readonly<Partial<Record<SourceKind | SupportKind, number>>> = {
  basket: Math.PI / 2,
};

export type LayoutOptions = {
  /** This many of the first things are to be gripped. */
  readonly sources: number;
  /** This many of the first things are where the arm reaches down. */
  readonly needed: number;
};

/**
 * Places source, target and distractors (in this order) so that nothing touches, the source can be
 * gripped, and all of it is in the picture.
 */
export function sampleLayout(
  items: readonly LayoutItem[],
  random: Random,
  { sources, needed }: LayoutOptions = { sources: 1, needed: 2 },
): SceneObject[] {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const placed: SceneObject[] = [];
    for (const [index, item] of items.entries()) {
      const object = tryPlace(item, index < needed, placed, random, sources);
      if (object === undefined) break;
      placed.push(object);
    }
    if (placed.length === items.length) return placed;
  }
  throw new Error(`no layout found for ${items.map((i) => i.kind).join(', ')}`);
}

/**
 * Adds things to those on the table, where there is room for them; the first object can still be
 * gripped. Where the table is full, some are left out.
 */
export function besidesOnTable(
  objects: readonly SceneObject[],
  items: readonly LayoutItem[],
  random: Random,
): SceneObject[] {
  const placed = [...objects];
  for (const item of items) {
    for (let attempt = 0; attempt < BESIDE_ATTEMPTS; attempt++) {
      const object = tryPlace(item, false, placed, random);
      if (object === undefined) continue;
      placed.push(object);
      break;
    }
  }
  return placed;
}

/** How far something is put that is moved to another place. */
export type MoveRange = { readonly nearestM: number; readonly farthestM: number };

/** Where something can be put instead, so far from where it is; undefined without room for it. */
export function elsewhere(
  { x, y }: SceneObject,
  { nearestM, farthestM }: MoveRange,
  draw: () => SceneObject,
  fits: (moved: SceneObject) => boolean,
): SceneObject | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const moved = draw();
    const distance = Math.hypot(moved.x - x, moved.y - y);
    if (distance >= nearestM && distance <= farthestM && fits(moved)) return moved;
  }
  return undefined;
}

/** `elsewhere` for object `index` on the table, the first object being what is to be gripped. */
export function elsewhereOnTable(
  objects: readonly SceneObject[],
  index: number,
  range: MoveRange,
  random: Random,
): SceneObject | undefined {
  const object = objects[index]!;
  const others = objects.filter((_, i) => i !== index);
  const hasRoom = index === 0 ? canBeGripped : isFree;
  return elsewhere(
    object,
    range,
    () => somewhere(object as LayoutItem, WORKSPACE, random),
    (moved) => isInPicture(moved) && hasRoom(moved, others),
  );
}

function tryPlace(
  item: LayoutItem,
  needed: boolean,
  placed: readonly SceneObject[],
  random: Random,
  sources = 1,
): SceneObject | undefined {
  const space = needed ? WORKSPACE : DISTRACTOR_SPACE;
  for (let attempt = 0; attempt < 12; attempt++) {
    const object = somewhere(item, space, random);
    if (!isInPicture(object) || !isFree(object, placed, sources)) continue;
    if (placed.length >= sources || canBeGripped(object, placed)) return object;
  }
  return undefined;
}

function somewhere(
  item: LayoutItem,
  space: typeof WORKSPACE | typeof DISTRACTOR_SPACE,
  random: Random,
): SceneObject {
  const kind = isUnseenKind(item.kind) ? UNSEEN_TABLE_THINGS[item.kind].like : item.kind;
  const limit = YAW_LIMIT_RAD[kind];
  return {
    ...item,
    x: random.uniform(space.x[0], space.x[1]),
    y: random.uniform(space.y[0], space.y[1]),
    yawRad: (YAW_CENTRE_RAD[kind] ?? 0) + random.uniform(-limit, limit),
  };
}

function isFree(object: SceneObject, placed: readonly SceneObject[], sources = 1): boolean {
  const own = footprintOf(object, GAP_M);
  return placed.every((other, index) => {
    if (rectanglesOverlap(own, footprintOf(other))) return false;
    // The first ones placed are the sources: the fingers come down around them.
    return index >= sources || !rectanglesOverlap(footprintOf(object), graspFootprintOf(other));
  });
}

/** Nothing else is where it lies, or where the fingers come down around it. */
function canBeGripped(object: SceneObject, others: readonly SceneObject[]): boolean {
  const own = footprintOf(object, GAP_M);
  const grasp = graspFootprintOf(object);
  return others.every((other) => {
    const footprint = footprintOf(other);
    return !rectanglesOverlap(own, footprint) && !rectanglesOverlap(grasp, footprint);
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
