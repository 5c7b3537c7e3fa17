import { transformPoint } from '../../core/math/pose.ts';
import { quatFromAxisAngle } from '../../core/math/quat.ts';
import type { Random } from '../../core/math/random.ts';
import type { CameraModel } from '../render/CameraModel.ts';
import { googleHeadCamera } from '../render/CameraModel.ts';
import type { DrawerName } from '../world/cabinet.ts';
import { CABINET_TOP_M, DRAWERS } from '../world/cabinet.ts';
import type { GroceryKind } from '../world/bodyKinds.ts';
import type { CabinetPlace, SceneObject } from '../world/Scene.ts';
import { modelOf, restPose } from '../world/Scene.ts';
import type { MoveRange } from './layout.ts';
import { elsewhere } from './layout.ts';
import { COUNTER_Z_M, FLOOR_Z_M } from '../world/surroundings.ts';
import type { UnseenGroceryKind } from '../world/unseenKinds.ts';

/** What can stand on the counter or on the cabinet. */
export type CounterKind = GroceryKind | UnseenGroceryKind;

/** Where SimplerEnv puts things on the counter, in the robot's base frame, metres. */
const COUNTER_SPACE = { x: [0.47, 0.7], y: [-0.22, 0.22] } as const;
/** Of several things: room for open fingers between any two. */
const APART_M = 0.19;
const ATTEMPTS = 2000;
const IMAGE_MARGIN_PX = 20;

/** Where things stand that have nothing to do with a task: farther away, and closer together. */
const BESIDE_SPACE = { x: [0.5, 0.98], y: [-0.4, 0.4] } as const;
const BESIDE_M = 0.15;
const BESIDE_ATTEMPTS = 500;
/** And on the lid, from the middle of the cabinet. */
const BESIDE_LID_X = [-0.2, 0.12] as const;
const BESIDE_LID_Y = [-0.22, 0.22] as const;

/** Where SimplerEnv's robots stand before the cabinet: distance of its front, offset, turn. */
const CABINET_X = [0.94, 1.08] as const;
const CABINET_Y = [-0.2, 0.22] as const;
const CABINET_TURN_RAD = [-0.05, 0.03] as const;
/** With something on the lid to be stored, the robot stands close. */
const STORE_CABINET_X = [0.96, 0.98] as const;
/** Where that lies, from the middle of the cabinet towards its front and to its left. */
const LID_X = [0.25, 0.275] as const;
const LID_Y = [0, 0.1] as const;
/** How far a drawer that is to be closed is pulled out. */
const OPEN_M = 0.2;

/** One thing on the counter. */
export function onCounter(
  kind: CounterKind,
  yawRad: readonly [number, number],
  random: Random,
): SceneObject {
  return {
    kind,
    x: random.uniform(...COUNTER_SPACE.x),
    y: random.uniform(...COUNTER_SPACE.y),
    yawRad: random.uniform(...yawRad),
    supportZM: COUNTER_Z_M,
  };
}

/** Several things on the counter, far enough from one another and in the picture. */
export function apartOnCounter(kinds: readonly CounterKind[], random: Random): SceneObject[] {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const placed: SceneObject[] = [];
    for (const kind of kinds) {
      const object = onCounter(kind, [-0.2, 0.2], random);
      const isFree = placed.every(({ x, y }) => Math.hypot(object.x - x, object.y - y) > APART_M);
      if (isFree && isInPicture(object, googleHeadCamera)) placed.push(object);
    }
    if (placed.length === kinds.length) return placed;
  }
  throw new Error(`no layout found for ${kinds.join(', ')}`);
}

/** A cabinet in front of the robot; `open` names a drawer that is pulled out. */
export function cabinetPlace(
  random: Random,
  open: DrawerName | undefined,
  isNear = false,
): CabinetPlace {
  const position = [
    random.uniform(...(isNear ? STORE_CABINET_X : CABINET_X)),
    random.uniform(...CABINET_Y),
    FLOOR_Z_M,
  ] as const;
  const turn = Math.PI + random.uniform(...CABINET_TURN_RAD);
  const openM = Object.fromEntries(
    DRAWERS.map((drawer) => [drawer, drawer === open ? OPEN_M : 0]),
  ) as Record<DrawerName, number>;
  return { baseFromCabinet: { position, orientation: quatFromAxisAngle([0, 0, 1], turn) }, openM };
}

/** One thing on a cabinet's lid, near its front. */
export function onLid(kind: CounterKind, place: CabinetPlace, random: Random): SceneObject {
  const [x, y] = transformPoint(place.baseFromCabinet, [
    random.uniform(...LID_X),
    random.uniform(...LID_Y),
    0,
  ]);
  return { kind, x, y, yawRad: 0, supportZM: FLOOR_Z_M + CABINET_TOP_M };
}

/** Adds things to those on the counter, behind and beside them, where there is room. */
export function besidesOnCounter(
  objects: readonly SceneObject[],
  kinds: readonly CounterKind[],
  random: Random,
): SceneObject[] {
  return besides(objects, kinds, () => ({
    x: random.uniform(...BESIDE_SPACE.x),
    y: random.uniform(...BESIDE_SPACE.y),
    yawRad: random.uniform(-0.5, 0.5),
    supportZM: COUNTER_Z_M,
  }));
}

/** Adds things to those on a cabinet's lid, behind them, where there is room. */
export function besidesOnLid(
  objects: readonly SceneObject[],
  kinds: readonly CounterKind[],
  { baseFromCabinet }: CabinetPlace,
  random: Random,
): SceneObject[] {
  return besides(objects, kinds, () => {
    const local = [random.uniform(...BESIDE_LID_X), random.uniform(...BESIDE_LID_Y), 0] as const;
    const [x, y] = transformPoint(baseFromCabinet, local);
    return { x, y, yawRad: 0, supportZM: FLOOR_Z_M + CABINET_TOP_M };
  });
}

function besides(
  objects: readonly SceneObject[],
  kinds: readonly CounterKind[],
  place: () => Omit<SceneObject, 'kind'>,
): SceneObject[] {
  const placed = [...objects];
  for (const kind of kinds) {
    for (let attempt = 0; attempt < BESIDE_ATTEMPTS; attempt++) {
      const object = { kind, ...place() };
      const isFree = placed.every(({ x, y }) => Math.hypot(object.x - x, object.y - y) > BESIDE_M);
      if (!isFree || !isInPicture(object, googleHeadCamera)) continue;
      placed.push(object);
      break;
    }
  }
  return placed;
}

/** `elsewhere` for object `index` on the counter. */
export function elsewhereOnCounter(
  objects: readonly SceneObject[],
  index: number,
  range: MoveRange,
  random: Random,
): SceneObject | undefined {
  const object = objects[index]!;
  const others = objects.filter((_, i) => i !== index);
  const draw = (): SceneObject => ({
    ...object,
    x: random.uniform(...COUNTER_SPACE.x),
    y: random.uniform(...COUNTER_SPACE.y),
  });
  return elsewhere(object, range, draw, (moved) => {
    const isFree = others.every(({ x, y }) => Math.hypot(moved.x - x, moved.y - y) > APART_M);
    return isFree && isInPicture(moved, googleHeadCamera);
  });
}

function isInPicture(object: SceneObject, camera: CameraModel): boolean {
  const [hx, hy, hz] = modelOf(object).look.halfExtents;
  const pose = restPose(object);
  for (let corner = 0; corner < 8; corner++) {
    const p = camera.project(
      transformPoint(pose, [corner & 1 ? hx : -hx, corner & 2 ? hy : -hy, corner & 4 ? hz : -hz]),
    );
    if (p === undefined) return false;
    const isInside = (v: number, size: number): boolean =>
      v >= IMAGE_MARGIN_PX && v <= size - IMAGE_MARGIN_PX;
    if (!isInside(p.u, camera.width) || !isInside(p.v, camera.height)) return false;
  }
  return true;
}
