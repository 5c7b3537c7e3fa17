import type { Pose, Vec3 } from '../../core/math/types.ts';
import { tableScene } from '../render/objects.ts';
import type { Primitive } from '../render/Primitive.ts';

/** A geom of the contact solver that never moves; sizes as MuJoCo has them. */
export type GroundGeom = {
  readonly name: string;
  readonly type: 'plane' | 'box';
  readonly size: Vec3;
  readonly position: Vec3;
};

/** What the things stand on, or what stands behind everything. */
export type Surface = 'top' | 'backdrop';

/** What stands around an arm, in its base frame. */
export type Surroundings = {
  readonly name: string;
  readonly primitives: readonly (Primitive & { readonly surface?: Surface })[];
  readonly ground: readonly GroundGeom[];
};

const at = (position: Vec3): Pose => ({ position, orientation: [0, 0, 0, 1] });

/** The table that the WidowX is mounted on. */
export const bench: Surroundings = {
  name: 'bench',
  primitives: tableScene().map((part, i) => ({ ...part, surface: i === 0 ? 'top' : 'backdrop' })),
  ground: [{ name: 'table', type: 'plane', size: [1, 1, 0.1], position: [0, 0, 0] }],
};

/** Google Robot stands on a floor this far below its base frame, the wheels' axis. */
export const FLOOR_Z_M = -0.062;
/** Height of the kitchen counter in front of it. */
export const COUNTER_Z_M = 0.808;

const COUNTER_HALF: Vec3 = [0.45, 0.85, 0.02];
const COUNTER_MIDDLE: Vec3 = [0.77, 0, COUNTER_Z_M - 0.02];

const room: Surroundings['primitives'] = [
  {
    shape: 'quad',
    size: [3, 3, 0],
    pose: at([1.5, 0, FLOOR_Z_M]),
    color: [0.55, 0.52, 0.48],
    texture: 'tiles',
    surface: 'backdrop',
  },
  {
    shape: 'box',
    size: [0.02, 3, 1.5],
    pose: at([1.75, 0, 1.4]),
    color: [0.83, 0.82, 0.78],
    surface: 'backdrop',
  },
];

/** A kitchen counter, on which things stand. */
export const counter: Surroundings = {
  name: 'counter',
  primitives: [
    ...room,
    {
      shape: 'box',
      size: COUNTER_HALF,
      pose: at(COUNTER_MIDDLE),
      color: [0.7, 0.55, 0.4],
      texture: 'wood',
      receivesShadow: true,
      surface: 'top',
    },
    { shape: 'box', size: [0.4, 0.8, 0.41], pose: at([0.8, 0, 0.35]), color: [0.6, 0.6, 0.58] },
  ],
  ground: [{ name: 'counter', type: 'box', size: COUNTER_HALF, position: COUNTER_MIDDLE }],
};

/** A room with nothing but the floor; a cabinet is to be put there. */
export const kitchen: Surroundings = {
  name: 'kitchen',
  primitives: room,
  ground: [{ name: 'floor', type: 'plane', size: [3, 3, 0.1], position: [0, 0, FLOOR_Z_M] }],
};
