import type { Pose, Vec3 } from '../../core/math/types.ts';
import type { Primitive, Rgb } from '../render/Primitive.ts';
import type { BodyModel, CollisionPart } from './BodyModel.ts';
import { bodyModel } from './bodies.ts';
import { at, box, cylinder, part, zOntoX } from './parts.ts';
import { repainted } from './repainted.ts';
import type { UnseenKind } from './unseenKinds.ts';
import { UNSEEN_THINGS } from './unseenKinds.ts';

const PINK: Rgb = [0.93, 0.42, 0.66];
const WHITE: Rgb = [0.94, 0.93, 0.9];
const BLACK: Rgb = [0.1, 0.1, 0.11];
const RED: Rgb = [0.75, 0.14, 0.13];
const ALUMINIUM: Rgb = [0.78, 0.79, 0.8];

/** What has the colour of nothing that it is like. */
function painted(kind: UnseenKind, ...colors: readonly Rgb[]): BodyModel {
  return { ...repainted(usual(kind), colors), kind };
}

/** Another thing that is laid out and taken hold of like a trained one. */
function reshaped(
  kind: UnseenKind,
  halfExtents: Vec3,
  parts: readonly Primitive[],
  collision: readonly CollisionPart[],
  more: Partial<BodyModel> = {},
): BodyModel {
  const model = usual(kind);
  const look = { ...model.look, halfExtents, parts };
  return { ...model, kind, look, collision, restTopM: halfExtents[2], ...more };
}

function usual(kind: UnseenKind): BodyModel {
  return bodyModel(UNSEEN_THINGS[kind].like);
}

/** A handle as the spoon's, and four tines of red plastic. */
function fork(): BodyModel {
  const tine = (y: number) => part('box', [0.02, 0.0022, 0.004], at(-0.055, y, 0), RED);
  return reshaped(
    'fork',
    [0.075, 0.019, 0.0075],
    [
      part('box', [0.044, 0.008, 0.0075], at(0.031, 0, 0), RED),
      part('box', [0.012, 0.019, 0.0055], at(-0.024, 0, 0), RED),
      ...[-0.0168, -0.0056, 0.0056, 0.0168].map(tine),
    ],
    [box([0.0315, 0.017, 0.0075], [-0.0435, 0, 0]), box([0.0435, 0.008, 0.0075], [0.0315, 0, 0])],
  );
}

/** A short banana: three pieces in a bow, the ends brown. */
function banana(): BodyModel {
  const yellow: Rgb = [0.95, 0.82, 0.25];
  const brown: Rgb = [0.35, 0.24, 0.1];
  return reshaped(
    'banana',
    [0.06, 0.018, 0.014],
    [
      part('ellipsoid', [0.034, 0.0145, 0.014], at(0.004, -0.0035, 0), yellow),
      part('ellipsoid', [0.024, 0.0125, 0.0125], at(0.029, 0.0035, 0), yellow),
      part('ellipsoid', [0.024, 0.0125, 0.0125], at(-0.029, 0.0035, 0), yellow),
      part('capsule', [0.004, 0.008, 0], at(0.048, 0.0125, 0, zOntoX), brown),
      part('sphere', [0.0055, 0, 0], at(-0.0545, 0.0125, 0), brown),
    ],
    [
      box([0.026, 0.0135, 0.014], [0.004, -0.0035, 0]),
      box([0.015, 0.011, 0.0115], [0.044, 0.0045, 0]),
      box([0.018, 0.011, 0.0115], [-0.041, 0.0045, 0]),
    ],
    { grasp: { alongX: 0.004, widthM: 0.027, symmetryRad: Math.PI } },
  );
}

/** A small green pear on its side, its stalk at +x. */
function pear(): BodyModel {
  const green: Rgb = [0.66, 0.76, 0.22];
  return reshaped(
    'pear',
    [0.043, 0.0185, 0.0185],
    [
      part('sphere', [0.0185, 0, 0], at(-0.0245, 0, 0), green),
      part('cone', [0.0165, 0.0105, 0.0135], at(-0.002, 0, 0, zOntoX), green),
      part('sphere', [0.0112, 0, 0], at(0.013, 0, 0), green),
      part('cylinder', [0.0028, 0.011, 0], at(0.032, 0, 0, zOntoX), [0.32, 0.22, 0.1]),
    ],
    [box([0.017, 0.0165, 0.0185], [-0.024, 0, 0]), box([0.0155, 0.011, 0.013], [0.0085, 0, 0])],
    { grasp: { alongX: -0.02, widthM: 0.033, symmetryRad: Math.PI } },
  );
}

function standingCylinder(): BodyModel {
  const [radius, half] = [0.016, 0.015];
  const look = { receivesShadow: true };
  return reshaped(
    'cylinder',
    [radius, radius, half],
    [part('cylinder', [radius, half, 0], at(0, 0, 0), [0.8, 0.12, 0.1], look)],
    [cylinder(radius, half)],
    { grasp: { alongX: 0, widthM: 2 * radius, symmetryRad: Math.PI / 2 } },
  );
}

/** A dark wooden board, longer than wide. */
function board(): BodyModel {
  const half: Vec3 = [0.055, 0.08, 0.005];
  const look = { texture: 'wood', receivesShadow: true } as const;
  return reshaped(
    'board',
    half,
    [part('box', half, at(0, 0, 0), [0.4, 0.25, 0.15], look)],
    [box(half)],
  );
}

/** A square tray with a low rim. */
function tray(): BodyModel {
  const [x, z, rim] = [0.07, 0.006, 0.004];
  const grey: Rgb = [0.5, 0.52, 0.55];
  const side = (pose: Pose, size: Vec3) => part('box', size, pose, [0.38, 0.4, 0.43]);
  return reshaped(
    'tray',
    [x, x, z],
    [
      part('box', [x, x, z - 0.002], at(0, 0, -0.002), grey, { receivesShadow: true }),
      side(at(x - rim, 0, 0), [rim, x, z]),
      side(at(rim - x, 0, 0), [rim, x, z]),
      side(at(0, x - rim, 0), [x, rim, z]),
      side(at(0, rim - x, 0), [x, rim, z]),
    ],
    [box([x, x, z - 0.001], [0, 0, -0.001])],
    { restTopM: z - 0.002 },
  );
}

/** A square blue box without a lid or a rim. */
function openBox(): BodyModel {
  const [x, z, wall] = [0.068, 0.025, 0.003];
  const blue: Rgb = [0.25, 0.35, 0.55];
  const floor = box([x, x, wall], [0, 0, wall - z]);
  const walls = [
    box([wall, x, z], [x - wall, 0, 0]),
    box([wall, x, z], [wall - x, 0, 0]),
    box([x, wall, z], [0, x - wall, 0]),
    box([x, wall, z], [0, wall - x, 0]),
  ];
  const seen = ({ size, position }: CollisionPart, more = {}) =>
    part('box', [size[0]!, size[1]!, size[2]!], at(...position), blue, more);
  return reshaped(
    'box',
    [x, x, z],
    [seen(floor, { receivesShadow: true }), ...walls.map((one) => seen(one))],
    [floor, ...walls],
    { restTopM: 2 * wall - z },
  );
}

/** Pointed at both ends. */
function lemon(): BodyModel {
  const yellow: Rgb = [0.97, 0.87, 0.2];
  const tip = (x: number, size: Vec3) => part('cone', size, at(x, 0, 0, zOntoX), yellow);
  return reshaped(
    'lemon',
    [0.044, 0.028, 0.028],
    [
      part('ellipsoid', [0.038, 0.028, 0.028], at(0, 0, 0), yellow),
      tip(0.038, [0.009, 0.004, 0.006]),
      tip(-0.038, [0.004, 0.009, 0.006]),
    ],
    [box([0.032, 0.024, 0.028])],
    { grasp: { alongX: 0, widthM: 0.052, symmetryRad: Math.PI } },
  );
}

/** A milk carton with a roof. */
function carton(): BodyModel {
  const [x, z, roof] = [0.028, 0.062, 0.014];
  const label: Rgb = [0.2, 0.45, 0.8];
  return reshaped(
    'carton',
    [x, x, z],
    [
      part('box', [x, x, z - roof], at(0, 0, -roof), WHITE),
      part('box', [x + 0.0004, x + 0.0004, 0.012], at(0, 0, -0.02), label),
      part('box', [x, 0.014, roof], at(0, 0, z - roof), WHITE),
      part('box', [x, 0.003, 0.005], at(0, 0, z - 0.005), label),
    ],
    [box([x, x, z - roof], [0, 0, -roof]), box([x, 0.014, roof], [0, 0, z - roof])],
    { grasp: { alongX: 0, widthM: 2 * x, symmetryRad: Math.PI / 2, belowTopM: 0.045 } },
  );
}

/** A jar of jam with a lid of metal. */
function jar(): BodyModel {
  const [radius, half, lid] = [0.034, 0.042, 0.008];
  return reshaped(
    'jar',
    [radius, radius, half],
    [
      part('cylinder', [radius, half - lid, 0], at(0, 0, -lid), [0.45, 0.06, 0.22]),
      part('cylinder', [radius + 0.0004, 0.014, 0], at(0, 0, -0.01), WHITE),
      part('cylinder', [radius * 0.94, lid, 0], at(0, 0, half - lid), ALUMINIUM),
    ],
    [cylinder(radius, half)],
    { grasp: { alongX: 0, widthM: 2 * radius, symmetryRad: 0, belowTopM: 0.035 } },
  );
}

const bodies = new Map<UnseenKind, BodyModel>(
  [
    painted('pink_spoon', PINK, [0.6, 0.25, 0.42]),
    fork(),
    painted('white_carrot', WHITE),
    banana(),
    painted('white_eggplant', WHITE),
    pear(),
    painted('pink_block', PINK),
    painted('white_block', WHITE),
    painted('black_block', BLACK),
    standingCylinder(),
    painted('red_towel', RED),
    board(),
    painted('black_plate', [0.14, 0.14, 0.15], [0.22, 0.22, 0.24]),
    tray(),
    painted('red_basket', RED, [0.5, 0.08, 0.08]),
    openBox(),
    painted('fanta_can', [0.95, 0.48, 0.05], WHITE),
    painted('green_bottle', [0.12, 0.5, 0.22]),
    painted('plum', [0.32, 0.08, 0.36]),
    lemon(),
    carton(),
    jar(),
  ].map((model) => [model.kind as UnseenKind, model]),
);

export function unseenBody(kind: UnseenKind): BodyModel {
  const model = bodies.get(kind);
  if (model === undefined) throw new Error(`no body '${kind}'`);
  return model;
}
