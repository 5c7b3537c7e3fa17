import { transformPoint } from '../../core/math/pose.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';
import type { TaskGeometry, TaskState, Thing } from '../../sim/expert/TaskState.ts';
import { contactPoints, restPointOnTarget } from '../../sim/expert/TaskState.ts';
import type { CameraModel } from '../../sim/render/CameraModel.ts';
import type { Primitive } from '../../sim/render/Primitive.ts';
import { TRAJECTORY_POINTS } from './columns.ts';

/** Ground truth of the spatial answer, normalised image coordinates 0…1. */
export type SpatialLabels = {
  /** x, y of pick, place, grip_a, grip_b; grip_a is the one farther left in the picture. */
  readonly points: Float32Array;
  /** 1 where the point lies within the picture. */
  readonly visible: Float32Array;
  /** x1, y1, x2, y2 of source and target, whether or not something hides them. */
  readonly boxes: Float32Array;
  /** The end effector's way from now to the end, at equal distances in the picture. */
  readonly trajectory: Float32Array;
};

type ImagePoint = readonly [x: number, y: number];

/**
 * Undefined where the camera does not look towards all of it: something was thrown behind it.
 *
 * @param future the states from now to the end of the task, the present one first
 */
export function spatialLabels(
  camera: CameraModel,
  geometry: TaskGeometry,
  future: readonly TaskState[],
): SpatialLabels | undefined {
  const state = future[0];
  if (state === undefined) throw new RangeError('labels need at least the present state');
  const toImage = (point: Vec3): ImagePoint => imagePoint(camera, point);
  const fingers = contactPoints(state, geometry);
  const [a, b] = fingers.map(toImage).sort((p, q) => p[0] - q[0]) as [ImagePoint, ImagePoint];
  const pick = toImage(middle(fingers[0], fingers[1]));
  const points = [pick, toImage(restPointOnTarget(state, geometry)), a, b];
  const labels = {
    points: Float32Array.from(points.flat()),
    visible: Float32Array.from(points, ([x, y]) => (isInside(x) && isInside(y) ? 1 : 0)),
    boxes: Float32Array.of(
      ...boxOf(camera, geometry.source, state.baseFromSource),
      ...boxOf(camera, geometry.target, state.baseFromTarget),
    ),
    trajectory: waypoints(future.map((s) => toImage(s.baseFromEe.position))),
  };
  const isBehind = [labels.points, labels.boxes, labels.trajectory].some((k) =>
    k.some(Number.isNaN),
  );
  return isBehind ? undefined : labels;
}

/** Points at equal distances along a polyline, its ends included; all equal when it has no length. */
function waypoints(path: readonly ImagePoint[]): Float32Array {
  const lengths = [0];
  for (let i = 1; i < path.length; i++) {
    const [x, y] = path[i]!;
    const [px, py] = path[i - 1]!;
    lengths.push(lengths[i - 1]! + Math.hypot(x - px, y - py));
  }
  const total = lengths.at(-1)!;
  const out = new Float32Array(TRAJECTORY_POINTS * 2);
  let segment = 0;
  for (let k = 0; k < TRAJECTORY_POINTS; k++) {
    const at = (total * k) / (TRAJECTORY_POINTS - 1);
    while (segment < path.length - 2 && lengths[segment + 1]! < at) segment++;
    const [x0, y0] = path[segment]!;
    const [x1, y1] = path[segment + 1] ?? path[segment]!;
    const span = (lengths[segment + 1] ?? at) - lengths[segment]!;
    const t = span > 1e-9 ? Math.min(1, (at - lengths[segment]!) / span) : 0;
    out.set([x0 + (x1 - x0) * t, y0 + (y1 - y0) * t], k * 2);
  }
  return out;
}

/** The rectangle around an object's parts in the picture, clipped to it. */
function boxOf(camera: CameraModel, model: Thing, baseFromBody: Pose): readonly number[] {
  let [x1, y1, x2, y2] = [1, 1, 0, 0];
  for (const part of model.look.parts) {
    for (const corner of cornersOf(part)) {
      const [x, y] = imagePoint(camera, transformPoint(baseFromBody, corner));
      [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x), Math.max(y2, y)];
    }
  }
  return [x1, y1, x2, y2].map((v) => Math.min(1, Math.max(0, v)));
}

/** Points that span a part closely enough for a box, in the object's frame. */
function cornersOf(part: Primitive): readonly Vec3[] {
  const [a, b, c] = part.size;
  switch (part.shape) {
    case 'box':
      return signs.map(([x, y, z]) => transformPoint(part.pose, [a * x, b * y, c * z]));
    case 'quad':
      return signs.map(([x, y]) => transformPoint(part.pose, [a * x, b * y, 0]));
    case 'sphere':
      return directions.map(([x, y, z]) => transformPoint(part.pose, [a * x, a * y, a * z]));
    case 'ellipsoid':
      return directions.map(([x, y, z]) => transformPoint(part.pose, [a * x, b * y, c * z]));
    case 'cylinder':
      return rims(part.pose, a, a, b);
    case 'capsule':
      return rims(part.pose, a, a, a + b);
    case 'cone':
      return rims(part.pose, a, b, c);
  }
}

function rims(pose: Pose, radiusBelow: number, radiusAbove: number, half: number): Vec3[] {
  return circle.flatMap(([x, y]) => [
    transformPoint(pose, [radiusBelow * x, radiusBelow * y, -half]),
    transformPoint(pose, [radiusAbove * x, radiusAbove * y, half]),
  ]);
}

const circle = Array.from({ length: 12 }, (_, i): readonly [number, number] => {
  const angle = (i * Math.PI) / 6;
  return [Math.cos(angle), Math.sin(angle)];
});
const signs = Array.from({ length: 8 }, (_, i): Vec3 => [
  i & 1 ? 1 : -1,
  i & 2 ? 1 : -1,
  i & 4 ? 1 : -1,
]);
/** Unit vectors to points of a sphere: three great circles and the corners of a cube. */
const directions: readonly Vec3[] = [
  ...circle.flatMap(([x, y]): Vec3[] => [
    [x, y, 0],
    [x, 0, y],
    [0, x, y],
  ]),
  ...signs.map(([x, y, z]): Vec3 => [x / Math.sqrt(3), y / Math.sqrt(3), z / Math.sqrt(3)]),
];

/** Not a number where the point lies behind the camera. */
function imagePoint(camera: CameraModel, point: Vec3): ImagePoint {
  const p = camera.projectNormalised(point);
  return p === undefined ? [NaN, NaN] : [p.x, p.y];
}

function middle(a: Vec3, b: Vec3): Vec3 {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}

function isInside(v: number): boolean {
  return v >= 0 && v <= 1;
}
