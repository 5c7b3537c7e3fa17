import type { Random } from '../../core/math/random.ts';
import type { Vec3 } from '../../core/math/types.ts';
import type { Primitive, Rgb, Texture } from '../render/Primitive.ts';
import type { CollisionPart, GraspSpec } from './BodyModel.ts';
import { at, box, cylinder, part, zOntoX } from './parts.ts';

/** A thing that no one has ever seen, in its own frame. */
export type ProceduralObject = {
  readonly halfExtents: Vec3;
  readonly parts: readonly Primitive[];
  readonly collision: readonly CollisionPart[];
  /** Undefined for what only carries others. */
  readonly grasp?: GraspSpec;
};

/** As long as a spoon. */
export function longThing(random: Random, paint: () => Rgb): ProceduralObject {
  return rowOfPieces(random, paint, random.uniform(0.1, 0.15));
}

/** As long as an eggplant. */
export function shortThing(random: Random, paint: () => Rgb): ProceduralObject {
  return rowOfPieces(random, paint, random.uniform(0.06, 0.1));
}

/** One to three pieces along x, one of them to be gripped. */
function rowOfPieces(random: Random, paint: () => Rgb, lengthM: number): ProceduralObject {
  const pieces = 1 + random.int(3);
  const gripped = random.int(pieces);
  const shares = Array.from({ length: pieces }, (_, i) =>
    i === gripped ? random.uniform(1, 2) : random.uniform(0.4, 1.2),
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  const halfY = random.uniform(0.008, 0.0165);
  const halfZ = random.uniform(0.0075, 0.0175);
  const colors = [paint(), paint()];
  const parts: Primitive[] = [];
  const collision: CollisionPart[] = [];
  let [from, alongX, widest] = [-lengthM / 2, 0, 0];
  for (const [i, share] of shares.entries()) {
    const halfX = ((share / total) * lengthM) / 2;
    const x = from + halfX;
    from += 2 * halfX;
    if (i === gripped) alongX = x;
    const y = i === gripped ? halfY : halfY * random.uniform(0.5, 1.3);
    const z = i === gripped ? halfZ : halfZ * random.uniform(0.6, 1);
    widest = Math.max(widest, y);
    parts.push(pieceAt(x, [halfX, y, z], colors[(i - gripped) & 1]!, random));
    collision.push(box([halfX, y * 0.95, z], [x, 0, 0]));
  }
  const grasp = { alongX, widthM: 2 * halfY, symmetryRad: Math.PI };
  return { halfExtents: [lengthM / 2, widest, halfZ], parts, collision, grasp };
}

function pieceAt(x: number, [halfX, y, z]: Vec3, color: Rgb, random: Random): Primitive {
  const radius = Math.min(y, z);
  switch (random.int(4)) {
    case 0:
      return part('ellipsoid', [halfX * 1.1, y, z], at(x, 0, 0), color);
    case 1:
      return part(
        'cone',
        [radius * random.uniform(0.5, 1), radius * random.uniform(0.85, 1), halfX],
        at(x, 0, 0, zOntoX),
        color,
      );
    default:
      return part('box', [halfX, y, z], at(x, 0, 0), color);
  }
}

/** Flat on top, so that something can be put on it. */
export function block(random: Random, paint: () => Rgb): ProceduralObject {
  const [x, y, z] = [
    random.uniform(0.012, 0.0165),
    random.uniform(0.0125, 0.0165),
    random.uniform(0.012, 0.02),
  ];
  const grasp = { alongX: 0, widthM: 2 * y, symmetryRad: x / y > 0.93 ? Math.PI / 2 : Math.PI };
  const color = paint();
  const look = { receivesShadow: true };
  switch (random.int(3)) {
    case 0:
      return {
        halfExtents: [x, y, z],
        parts: [part('box', [x, y, z], at(0, 0, 0), color, look)],
        collision: [box([x, y, z])],
        grasp,
      };
    case 1: {
      const cut = z * random.uniform(-0.5, 0.5);
      const above = [x, y, (z - cut) / 2] as const;
      const below = [x, y, (z + cut) / 2] as const;
      return {
        halfExtents: [x, y, z],
        parts: [
          part('box', above, at(0, 0, (z + cut) / 2), color, look),
          part('box', below, at(0, 0, (cut - z) / 2), paint()),
        ],
        collision: [box([x, y, z])],
        grasp,
      };
    }
    default: {
      const top = y * random.uniform(0.6, 0.88);
      return {
        halfExtents: [y, y, z],
        parts: [part('cone', [y, top, z], at(0, 0, 0), color, look)],
        collision: [cylinder((y + top) / 2, z)],
        grasp: { ...grasp, widthM: y + top, symmetryRad: Math.PI / 2 },
      };
    }
  }
}

/** Round and shallow. */
export function dish(random: Random, paint: () => Rgb): ProceduralObject {
  const [radius, half] = [random.uniform(0.06, 0.078), random.uniform(0.004, 0.008)];
  const inner = radius * random.uniform(0.5, 0.9);
  const look = { receivesShadow: true };
  return {
    halfExtents: [radius, radius, half],
    parts: [
      part('cone', [inner, radius, half - 0.0005], at(0, 0, -0.0005), paint(), look),
      part('cylinder', [inner, 0.0005, 0], at(0, 0, half - 0.0005), paint(), look),
    ],
    collision: [cylinder(radius * 0.95, half)],
  };
}

const MAT_TEXTURES: readonly (Texture | undefined)[] = ['cloth', 'checker', 'weave', undefined];

/** Flat, square or round. */
export function mat(random: Random, paint: () => Rgb): ProceduralObject {
  const [x, z] = [random.uniform(0.055, 0.075), random.uniform(0.003, 0.007)];
  const texture = random.pick(MAT_TEXTURES);
  const look = { receivesShadow: true, ...(texture === undefined ? {} : { texture }) };
  const isRound = random.uniform() < 0.4;
  return {
    halfExtents: [x, x, z],
    parts: [
      isRound
        ? part('cylinder', [x, z, 0], at(0, 0, 0), paint(), look)
        : part('box', [x, x, z], at(0, 0, 0), paint(), look),
    ],
    collision: [isRound ? cylinder(x, z) : box([x, x, z])],
  };
}

/** Something that stands: a body, something narrower on it, perhaps a band around it. */
export function standingThing(random: Random, paint: () => Rgb): ProceduralObject {
  const [radius, body, cap] = [
    random.uniform(0.024, 0.034),
    random.uniform(0.036, 0.055),
    random.uniform(0.006, 0.016),
  ];
  const half = body + cap;
  const isSquare = random.uniform() < 0.3;
  const side = radius * (isSquare ? 0.9 : 1);
  const color = paint();
  const parts: Primitive[] = [
    isSquare
      ? part('box', [side, side, body], at(0, 0, -cap), color)
      : part('cone', [radius * random.uniform(0.75, 1), radius, body], at(0, 0, -cap), color),
    part(
      'cone',
      [side * random.uniform(0.4, 0.98), side * random.uniform(0.3, 0.8), cap],
      at(0, 0, half - cap),
      random.uniform() < 0.5 ? color : paint(),
    ),
  ];
  if (random.uniform() < 0.5) {
    const [z, high] = [random.uniform(-0.5, 0.3) * body - cap, random.uniform(0.15, 0.4) * body];
    const more = side + 0.0006;
    parts.push(
      isSquare
        ? part('box', [more, more, high], at(0, 0, z), paint())
        : part('cylinder', [more, high, 0], at(0, 0, z), paint()),
    );
  }
  return {
    halfExtents: [side, side, half],
    parts,
    collision: [
      isSquare ? box([side, side, body], [0, 0, -cap]) : cylinder(side, body, [0, 0, -cap]),
    ],
    grasp: {
      alongX: 0,
      widthM: 2 * side,
      symmetryRad: isSquare ? Math.PI / 2 : 0,
      belowTopM: 2 * cap + 0.028,
    },
  };
}

/** About as long as wide as high. */
export function lump(random: Random, paint: () => Rgb): ProceduralObject {
  const radius = random.uniform(0.026, 0.035);
  const half = random.uniform(0.025, 0.036);
  const halfExtents: Vec3 = [radius, radius, half];
  const color = paint();
  const grasp = { alongX: 0, widthM: 2 * radius, symmetryRad: 0 };
  const round = cylinder(radius * 0.96, half);
  switch (random.int(3)) {
    case 0:
      return {
        halfExtents,
        parts: [part('box', halfExtents, at(0, 0, 0), color)],
        collision: [box(halfExtents)],
        grasp: { ...grasp, symmetryRad: Math.PI / 2 },
      };
    case 1:
      return {
        halfExtents,
        parts: [
          part('cone', [radius, radius * 0.9, half * 0.6], at(0, 0, -0.4 * half), color),
          part('cone', [radius * 0.9, radius * 0.4, half * 0.4], at(0, 0, 0.6 * half), paint()),
        ],
        collision: [round],
        grasp,
      };
    default:
      return {
        halfExtents,
        parts: [
          part('ellipsoid', halfExtents, at(0, 0, 0), color),
          part('cylinder', [0.004, 0.006, 0], at(0, 0, half), paint()),
        ],
        collision: [round],
        grasp,
      };
  }
}
