import { matrixFromQuat } from '../math/quat.ts';
import type { ArmShape } from './armShapes.ts';
import type { LinkFrames } from './Chain.ts';
import type { UrdfGeometry } from './UrdfModel.ts';

/** A shape as plain numbers, in the frame of what it is fixed to. */
export type BodyShape = {
  readonly body: number;
  readonly geometry: UrdfGeometry;
  readonly position: Float64Array;
  readonly rotation: Float64Array;
};

export function shapeOf({ body, geometry, bodyFromShape }: ArmShape): BodyShape {
  return {
    body,
    geometry,
    position: Float64Array.from(bodyFromShape.position),
    rotation: Float64Array.from(matrixFromQuat(bodyFromShape.orientation)),
  };
}

/** Least z in base axes of a shape on a moving body: the height of its centre less how far it reaches down. */
export function lowestPoint(shape: BodyShape, { rotations, positions }: LinkFrames): number {
  const { body, geometry, position, rotation } = shape;
  const frame = body - 1;
  const r = 9 * frame + 6;
  // the base's z axis in axes of the shape
  const up = (axis: number): number =>
    rotations[r]! * rotation[axis]! +
    rotations[r + 1]! * rotation[3 + axis]! +
    rotations[r + 2]! * rotation[6 + axis]!;
  const centre =
    positions[3 * frame + 2]! +
    rotations[r]! * position[0]! +
    rotations[r + 1]! * position[1]! +
    rotations[r + 2]! * position[2]!;
  return centre - reachDown(geometry, up(0), up(1), up(2));
}

/** How far a shape reaches from its centre along the direction (x, y, z), a unit vector. */
function reachDown(geometry: UrdfGeometry, x: number, y: number, z: number): number {
  switch (geometry.shape) {
    case 'sphere':
      return geometry.radius;
    case 'cylinder': {
      const across = Math.sqrt(Math.max(0, 1 - z * z));
      return Math.abs(z) * (geometry.length / 2) + across * geometry.radius;
    }
    case 'box': {
      const { size } = geometry;
      return (Math.abs(x) * size[0] + Math.abs(y) * size[1] + Math.abs(z) * size[2]) / 2;
    }
  }
}
