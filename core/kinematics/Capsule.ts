import { transformPoint } from '../math/pose.ts';
import type { Pose, Vec3 } from '../math/types.ts';
import type { UrdfGeometry } from './UrdfModel.ts';

/** All points within `radius` of a segment; metres. */
export type Capsule = { readonly from: Vec3; readonly to: Vec3; readonly radius: number };

/** Sides of boxes longer than this are covered by several capsules beside one another, m. */
const WIDEST_M = 0.08;
/** Half lengths of the segment that are tried for the smallest capsule. */
const TRIALS = 20;

/** Capsules along one axis of the shape that together hold all of it, in the parent's frame. */
export function capsulesAround(geometry: UrdfGeometry, parentFromShape: Pose): Capsule[] {
  const place = (capsule: Capsule): Capsule => ({
    from: transformPoint(parentFromShape, capsule.from),
    to: transformPoint(parentFromShape, capsule.to),
    radius: capsule.radius,
  });
  return inShape(geometry).map(place);
}

function inShape(geometry: UrdfGeometry): Capsule[] {
  switch (geometry.shape) {
    case 'sphere':
      return [{ from: [0, 0, 0], to: [0, 0, 0], radius: geometry.radius }];
    case 'cylinder': {
      const { half, radius } = smallestAround(geometry.radius, geometry.length / 2);
      return [{ from: [0, 0, -half], to: [0, 0, half], radius }];
    }
    case 'box':
      return inBox(geometry.size);
  }
}

/** Along the longest side; the other two in equal parts, one capsule for each pair of parts. */
function inBox(size: Vec3): Capsule[] {
  const along = size.indexOf(Math.max(...size));
  const parts = size.map((side, k) => (k === along ? 1 : Math.ceil(side / WIDEST_M)));
  const partSize = size.map((side, k) => side / parts[k]!);
  const across = Math.hypot(...partSize.map((side, k) => (k === along ? 0 : side / 2)));
  const { half, radius } = smallestAround(across, size[along]! / 2);
  const middles = partSize.map((side, k) =>
    Array.from({ length: parts[k]! }, (_, i) => (i + 0.5) * side - size[k]! / 2),
  ) as [number[], number[], number[]];
  return middles[0].flatMap((x) =>
    middles[1].flatMap((y) =>
      middles[2].map((z) => {
        const end = (sign: number): Vec3 =>
          [x, y, z].map((c, k) => c + (k === along ? sign * half : 0)) as unknown as Vec3;
        return { from: end(-1), to: end(1), radius };
      }),
    ),
  );
}

/** The capsule of least volume about a body that reaches so far across and along its axis. */
function smallestAround(across: number, along: number): { half: number; radius: number } {
  const candidates = Array.from({ length: TRIALS + 1 }, (_, k) => {
    const half = (along * k) / TRIALS;
    return { half, radius: Math.hypot(across, along - half) };
  });
  return candidates.reduce((best, next) => (volumeOf(next) < volumeOf(best) ? next : best));
}

function volumeOf({ half, radius }: { half: number; radius: number }): number {
  return radius * radius * (2 * half + (4 / 3) * radius);
}
