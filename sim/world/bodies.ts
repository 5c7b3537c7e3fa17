import { SUPPORT_KINDS } from './bodyKinds.ts';
import type { SupportKind, TrainedKind } from './bodyKinds.ts';
import type { BodyKind, CollisionPart, BodyModel } from './BodyModel.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { basket, carrot, cube, eggplant, plate, spoon, towel } from '../render/objects.ts';
import type { Rgb } from '../render/Primitive.ts';
import { groceries } from './groceries.ts';
import { isUnseenKind, UNSEEN_THINGS } from './unseenKinds.ts';

export const CUBE_COLORS = {
  green: [0.1, 0.58, 0.2],
  yellow: [0.93, 0.78, 0.1],
  red: [0.8, 0.12, 0.1],
  blue: [0.12, 0.3, 0.78],
} as const satisfies Record<string, Rgb>;

export type CubeColor = keyof typeof CUBE_COLORS;
export const CUBE_COLOR_NAMES = Object.keys(CUBE_COLORS) as readonly CubeColor[];

const box = (size: Vec3, position: Vec3 = [0, 0, 0]): CollisionPart => ({
  type: 'box',
  size,
  position,
});

const CUBE_HALF = 0.015;
const half = Math.PI;
const quarter = Math.PI / 2;

/** Boxes stand in for round shapes, so that what lies on the table does not roll away. */
function spoonBody(): BodyModel {
  return {
    kind: 'spoon',
    look: spoon(),
    collision: [
      box([0.026, 0.016, 0.0075], [-0.047, 0, 0]),
      box([0.047, 0.008, 0.0075], [0.027, 0, 0]),
    ],
    massKg: 0.04,
    grasp: { alongX: 0.015, widthM: 0.016, symmetryRad: half },
    restTopM: 0.0075,
  };
}

function carrotBody(): BodyModel {
  return {
    kind: 'carrot',
    look: carrot(),
    collision: [
      box([0.03, 0.0135, 0.015], [0.012, 0, 0]),
      box([0.0235, 0.0105, 0.0125], [-0.0405, 0, 0]),
    ],
    massKg: 0.05,
    grasp: { alongX: 0.008, widthM: 0.027, symmetryRad: half },
    restTopM: 0.015,
  };
}

function eggplantBody(): BodyModel {
  return {
    kind: 'eggplant',
    look: eggplant(),
    collision: [
      box([0.025, 0.0155, 0.0175], [-0.02, 0, 0]),
      box([0.017, 0.012, 0.013], [0.022, 0, 0]),
    ],
    massKg: 0.05,
    grasp: { alongX: -0.014, widthM: 0.031, symmetryRad: half },
    restTopM: 0.0175,
  };
}

function cubeBody(color: CubeColor): BodyModel {
  return {
    kind: 'cube',
    look: cube(`${color} cube`, CUBE_COLORS[color], CUBE_HALF),
    collision: [box([CUBE_HALF, CUBE_HALF, CUBE_HALF])],
    massKg: 0.05,
    grasp: { alongX: 0, widthM: 2 * CUBE_HALF, symmetryRad: quarter },
    restTopM: CUBE_HALF,
  };
}

function supportBody(kind: SupportKind): BodyModel {
  const look = kind === 'plate' ? plate() : kind === 'towel' ? towel() : basket();
  const [x, y, z] = look.halfExtents;
  const wall = 0.004;
  const parts: CollisionPart[] =
    kind === 'plate'
      ? [{ type: 'cylinder', size: [x * 0.95, z], position: [0, 0, 0] }]
      : kind === 'towel'
        ? [box([x, y, z])]
        : [
            box([x, y, wall], [0, 0, wall - z]),
            box([wall, y, z], [x - wall, 0, 0]),
            box([wall, y, z], [wall - x, 0, 0]),
            box([x, wall, z], [0, y - wall, 0]),
            box([x, wall, z], [0, wall - y, 0]),
          ];
  return {
    kind,
    look,
    collision: parts,
    massKg: 1,
    grasp: undefined,
    restTopM: kind === 'basket' ? 2 * wall - z : z,
  };
}

const cubes = new Map(CUBE_COLOR_NAMES.map((color) => [color, cubeBody(color)]));
const others = new Map<TrainedKind, BodyModel>([
  ['spoon', spoonBody()],
  ['carrot', carrotBody()],
  ['eggplant', eggplantBody()],
  ...SUPPORT_KINDS.map((kind) => [kind, supportBody(kind)] as const),
  ...groceries,
]);

/** The body of a trained kind; only cubes come in colours. */
export function bodyModel(kind: TrainedKind, color?: CubeColor): BodyModel {
  const model = kind === 'cube' ? cubes.get(color ?? 'green') : others.get(kind);
  if (model === undefined) throw new Error(`no body '${kind}' in colour '${color ?? '-'}'`);
  return model;
}

/** Whether a body only carries others. */
export function isSupportKind(kind: BodyKind): boolean {
  const trained = isUnseenKind(kind) ? UNSEEN_THINGS[kind].like : kind;
  return (SUPPORT_KINDS as readonly BodyKind[]).includes(trained);
}
