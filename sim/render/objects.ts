import type { Pose, Quat, Vec3 } from '../../core/math/types.ts';
import type { Primitive, Rgb } from './Primitive.ts';

/**
 * Something that lies on the table, as primitives in its own frame: origin in the middle of its
 * bounding box, z up when it rests, so it rests at `halfExtents[2]` above its support.
 * Elongated things point along x: the grasp closes along y.
 */
export type ObjectModel = {
  readonly name: string;
  readonly parts: readonly Primitive[];
  readonly halfExtents: Vec3;
};

const identity: Quat = [0, 0, 0, 1];
/** Turns a shape's own axis, z, onto the object's x. */
const zOntoX: Quat = [0, Math.SQRT1_2, 0, Math.SQRT1_2];

const at = (x: number, y: number, z: number, orientation: Quat = identity): Pose => ({
  position: [x, y, z],
  orientation,
});

/** A toy spoon, 15 cm: a bowl at −x and a handle thick enough to be gripped, 16 × 14 mm. */
export function spoon(color: Rgb = [0.1, 0.6, 0.5]): ObjectModel {
  const dark: Rgb = [color[0] * 0.62, color[1] * 0.62, color[2] * 0.62];
  return {
    name: 'spoon',
    halfExtents: [0.075, 0.021, 0.0075],
    parts: [
      { shape: 'ellipsoid', size: [0.029, 0.021, 0.0075], pose: at(-0.046, 0, 0), color },
      {
        shape: 'ellipsoid',
        size: [0.021, 0.0145, 0.0016],
        pose: at(-0.047, 0, 0.006),
        color: dark,
      },
      { shape: 'box', size: [0.044, 0.008, 0.007], pose: at(0.023, 0, 0), color },
      { shape: 'cylinder', size: [0.008, 0.007, 0], pose: at(0.067, 0, 0), color },
    ],
  };
}

/** A carrot, 13 cm with its leaves, 3 cm thick at the top (+x), tapering to its tip (−x). */
export function carrot(): ObjectModel {
  const orange: Rgb = [0.95, 0.42, 0.06];
  const leaf: Rgb = [0.2, 0.56, 0.16];
  return {
    name: 'carrot',
    halfExtents: [0.065, 0.015, 0.015],
    parts: [
      {
        shape: 'cone',
        size: [0.0085, 0.015, 0.045],
        pose: at(-0.009, 0, 0, zOntoX),
        color: orange,
      },
      { shape: 'ellipsoid', size: [0.011, 0.0085, 0.0085], pose: at(-0.054, 0, 0), color: orange },
      { shape: 'ellipsoid', size: [0.008, 0.015, 0.015], pose: at(0.036, 0, 0), color: orange },
      { shape: 'cone', size: [0.004, 0.006, 0.011], pose: at(0.05, 0, 0, zOntoX), color: leaf },
      {
        shape: 'ellipsoid',
        size: [0.012, 0.0035, 0.0035],
        pose: at(0.053, 0.007, 0.002),
        color: leaf,
      },
      {
        shape: 'ellipsoid',
        size: [0.012, 0.0035, 0.0035],
        pose: at(0.053, -0.007, 0.002),
        color: leaf,
      },
    ],
  };
}

/** An eggplant, 10 cm with its stem, 3.5 cm thick, the green cap at +x. */
export function eggplant(): ObjectModel {
  const purple: Rgb = [0.34, 0.1, 0.42];
  const green: Rgb = [0.3, 0.55, 0.2];
  return {
    name: 'eggplant',
    halfExtents: [0.05, 0.0175, 0.0175],
    parts: [
      { shape: 'ellipsoid', size: [0.03, 0.0175, 0.0175], pose: at(-0.02, 0, 0), color: purple },
      {
        shape: 'cone',
        size: [0.0165, 0.0128, 0.018],
        pose: at(0.004, 0, 0, zOntoX),
        color: purple,
      },
      { shape: 'ellipsoid', size: [0.018, 0.0128, 0.0128], pose: at(0.021, 0, 0), color: purple },
      { shape: 'ellipsoid', size: [0.0135, 0.0137, 0.0137], pose: at(0.0275, 0, 0), color: green },
      { shape: 'capsule', size: [0.0035, 0.006, 0], pose: at(0.0405, 0, 0, zOntoX), color: green },
    ],
  };
}

/** A cube; SimplerEnv stacks 3–4 cm ones. */
export function cube(name: string, color: Rgb, halfSize = 0.0175): ObjectModel {
  return {
    name,
    halfExtents: [halfSize, halfSize, halfSize],
    parts: [
      {
        shape: 'box',
        size: [halfSize, halfSize, halfSize],
        pose: at(0, 0, 0),
        color,
        receivesShadow: true,
      },
    ],
  };
}

/** A shallow plate, 15 cm across, 12 mm high. */
export function plate(radius = 0.075): ObjectModel {
  const half = 0.006;
  const inner = radius * 0.72;
  return {
    name: 'plate',
    halfExtents: [radius, radius, half],
    parts: [
      {
        shape: 'cone',
        size: [inner, radius, half - 0.0005],
        pose: at(0, 0, -0.0005),
        color: [0.93, 0.93, 0.9],
        receivesShadow: true,
      },
      {
        shape: 'cylinder',
        size: [inner, 0.0005, 0],
        pose: at(0, 0, half - 0.0005),
        color: [0.74, 0.8, 0.86],
        receivesShadow: true,
      },
    ],
  };
}

/** A folded towel, 14 × 14 cm, 8 mm thick. */
export function towel(halfSize = 0.07): ObjectModel {
  return {
    name: 'towel',
    halfExtents: [halfSize, halfSize, 0.004],
    parts: [
      {
        shape: 'box',
        size: [halfSize, halfSize, 0.004],
        pose: at(0, 0, 0),
        color: [0.42, 0.55, 0.74],
        texture: 'cloth',
        receivesShadow: true,
      },
    ],
  };
}

/** An open basket, 16 × 12 × 6 cm outside, walls and floor 5 mm. */
export function basket(): ObjectModel {
  const yellow: Rgb = [0.95, 0.77, 0.12];
  const rim: Rgb = [0.8, 0.58, 0.06];
  const [x, y, z, wall] = [0.08, 0.06, 0.03, 0.0025];
  const side = (pose: Pose, size: Vec3, color = yellow): Primitive => ({
    shape: 'box',
    size,
    pose,
    color,
    texture: 'weave',
  });
  const top = (pose: Pose, size: Vec3): Primitive => ({ shape: 'box', size, pose, color: rim });
  const [ix, iy, rimZ, rimHalf] = [x - wall, y - wall, z - 0.004, 0.004];
  return {
    name: 'basket',
    halfExtents: [x + 0.0015, y + 0.0015, z],
    parts: [
      { ...side(at(0, 0, wall - z), [x, y, wall]), receivesShadow: true },
      side(at(ix, 0, 0), [wall, y, z - 0.004]),
      side(at(-ix, 0, 0), [wall, y, z - 0.004]),
      side(at(0, iy, 0), [x, wall, z - 0.004]),
      side(at(0, -iy, 0), [x, wall, z - 0.004]),
      top(at(ix, 0, rimZ), [wall + 0.0015, y + 0.0015, rimHalf]),
      top(at(-ix, 0, rimZ), [wall + 0.0015, y + 0.0015, rimHalf]),
      top(at(0, iy, rimZ), [x + 0.0015, wall + 0.0015, rimHalf]),
      top(at(0, -iy, rimZ), [x + 0.0015, wall + 0.0015, rimHalf]),
    ],
  };
}

/** The table top at z = 0 under the arm, and the floor that shows behind its far edge. */
export function tableScene(): readonly Primitive[] {
  return [
    {
      shape: 'quad',
      size: [0.5, 0.75, 0],
      pose: at(0.25, 0, 0),
      color: [0.8, 0.62, 0.42],
      texture: 'wood',
      receivesShadow: true,
    },
    {
      shape: 'quad',
      size: [3, 3, 0],
      pose: at(2, 0, -0.74),
      color: [0.62, 0.64, 0.66],
      texture: 'tiles',
    },
  ];
}
