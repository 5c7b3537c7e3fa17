import type { Vec3 } from '../../core/math/types.ts';
import type { Shape } from './Primitive.ts';

/** A closed surface in the primitive's frame; triangles are counter-clockwise from outside. */
export type Mesh = {
  readonly vertexCount: number;
  /** xyz per vertex. */
  readonly positions: Float64Array;
  /** Unit normals, xyz per vertex; vertices are doubled along hard edges. */
  readonly normals: Float64Array;
  /** Three vertex indices per triangle. */
  readonly triangles: Uint16Array;
};

/** A point of a profile: radius, height, and its outward normal in the (radius, height) plane. */
type ProfilePoint = readonly [r: number, z: number, nr: number, nz: number];

const aroundSegments = 20;
const quarterSegments = 5;

/** The mesh of a primitive; see `Primitive` for the meaning of `size`. */
export function tessellate(shape: Shape, size: Vec3): Mesh {
  const [a, b, c] = size;
  switch (shape) {
    case 'box':
      return boxMesh(a, b, c);
    case 'quad':
      return quadMesh(a, b);
    case 'sphere':
      return ellipsoidMesh(a, a, a);
    case 'ellipsoid':
      return ellipsoidMesh(a, b, c);
    case 'cylinder':
      return revolve(coneProfile(a, a, b));
    case 'cone':
      return revolve(coneProfile(a, b, c));
    case 'capsule':
      return revolve([...arc(a, -b, -quarterSegments, 0), ...arc(a, b, 0, quarterSegments)]);
  }
}

/**
 * Sine and cosine rounded to 2⁻³⁰: an engine may differ from another in the last bit of a sine,
 * and the pixels must not.
 */
const portable = (value: number): number => Math.round(value * 2 ** 30) / 2 ** 30;
const sin = (angle: number): number => portable(Math.sin(angle));
const cos = (angle: number): number => portable(Math.cos(angle));

/** Profile points on a circle around (0, z), from one multiple of 90°/quarterSegments to another. */
function arc(radius: number, z: number, from: number, to: number): ProfilePoint[] {
  const points: ProfilePoint[] = [];
  for (let i = from; i <= to; i++) {
    const angle = (i * Math.PI) / 2 / quarterSegments;
    const [nr, nz] = [cos(angle), sin(angle)];
    points.push([radius * nr, z + radius * nz, nr, nz]);
  }
  return points;
}

function coneProfile(bottom: number, top: number, half: number): ProfilePoint[] {
  const slope = bottom - top;
  const length = Math.sqrt(slope * slope + 4 * half * half);
  const [nr, nz] = [(2 * half) / length, slope / length];
  return [
    [0, -half, 0, -1],
    [bottom, -half, 0, -1],
    [bottom, -half, nr, nz],
    [top, half, nr, nz],
    [top, half, 0, 1],
    [0, half, 0, 1],
  ];
}

/** Turns a profile, listed from −z to +z, around the z axis. */
function revolve(profile: readonly ProfilePoint[]): Mesh {
  const positions: number[] = [];
  const normals: number[] = [];
  const triangles: number[] = [];
  for (const [r, z, nr, nz] of profile) {
    for (let j = 0; j < aroundSegments; j++) {
      const angle = (j * 2 * Math.PI) / aroundSegments;
      positions.push(r * cos(angle), r * sin(angle), z);
      normals.push(nr * cos(angle), nr * sin(angle), nz);
    }
  }
  for (let i = 0; i + 1 < profile.length; i++) {
    const [r0, z0] = profile[i]!;
    const [r1, z1] = profile[i + 1]!;
    if (r0 === r1 && z0 === z1) continue; // a hard edge: same place, other normal
    for (let j = 0; j < aroundSegments; j++) {
      const k = (j + 1) % aroundSegments;
      const [low, lowNext] = [i * aroundSegments + j, i * aroundSegments + k];
      const [high, highNext] = [low + aroundSegments, lowNext + aroundSegments];
      if (r0 > 0) triangles.push(low, lowNext, highNext);
      if (r1 > 0) triangles.push(low, highNext, high);
    }
  }
  return mesh(positions, normals, triangles);
}

function ellipsoidMesh(a: number, b: number, c: number): Mesh {
  const unit = revolve(arc(1, 0, -quarterSegments, quarterSegments));
  const positions: number[] = [];
  const normals: number[] = [];
  for (let i = 0; i < unit.vertexCount * 3; i += 3) {
    const [x, y, z] = [unit.positions[i]!, unit.positions[i + 1]!, unit.positions[i + 2]!];
    positions.push(x * a, y * b, z * c);
    const [nx, ny, nz] = [x / a, y / b, z / c];
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    normals.push(nx / length, ny / length, nz / length);
  }
  return mesh(positions, normals, [...unit.triangles]);
}

function quadMesh(a: number, b: number): Mesh {
  return mesh(
    [-a, -b, 0, a, -b, 0, a, b, 0, -a, b, 0],
    [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1],
    [0, 1, 2, 0, 2, 3],
  );
}

function boxMesh(a: number, b: number, c: number): Mesh {
  const positions: number[] = [];
  const normals: number[] = [];
  const triangles: number[] = [];
  const half = [a, b, c];
  for (let axis = 0; axis < 3; axis++) {
    const u = (axis + 1) % 3;
    const v = (axis + 2) % 3;
    for (const sign of [-1, 1]) {
      const first = positions.length / 3;
      for (const [su, sv] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ] as const) {
        const corner = [0, 0, 0];
        corner[axis] = sign * half[axis]!;
        corner[u] = su * half[u]!;
        corner[v] = sv * half[v]!;
        const normal = [0, 0, 0];
        normal[axis] = sign;
        positions.push(...corner);
        normals.push(...normal);
      }
      // Corners go round counter-clockwise seen from +axis, so from −axis they are taken backwards.
      const [p, q] = sign > 0 ? [1, 3] : [3, 1];
      triangles.push(first, first + p, first + 2, first, first + 2, first + q);
    }
  }
  return mesh(positions, normals, triangles);
}

function mesh(positions: number[], normals: number[], triangles: number[]): Mesh {
  return {
    vertexCount: positions.length / 3,
    positions: Float64Array.from(positions),
    normals: Float64Array.from(normals),
    triangles: Uint16Array.from(triangles),
  };
}
