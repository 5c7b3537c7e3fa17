import type { GroceryKind } from './bodyKinds.ts';
import type { Vec3 } from '../../core/math/types.ts';
import type { ObjectModel } from '../render/objects.ts';
import type { Primitive, Rgb } from '../render/Primitive.ts';
import type { BodyModel, CollisionPart, GraspSpec } from './BodyModel.ts';
import { at, zOntoX } from './parts.ts';

const ALUMINIUM: Rgb = [0.78, 0.79, 0.8];

/** Round things can be taken from any side; the fingers need not turn. */
const ROUND = 0;

function grasp(widthM: number, symmetryRad: number, belowTopM?: number): GraspSpec {
  return { alongX: 0, widthM, symmetryRad, ...(belowTopM === undefined ? {} : { belowTopM }) };
}

/** The parts of a can along its axis, z: label, rims, lid, and a stripe around it. */
function canParts(radius: number, half: number, label: Rgb, stripe: Rgb): readonly Primitive[] {
  const rim = 0.008;
  return [
    { shape: 'cylinder', size: [radius, half - rim, 0], pose: at(0, 0, 0), color: label },
    {
      shape: 'cylinder',
      size: [radius + 0.0004, half * 0.24, 0],
      pose: at(0, 0, half * 0.1),
      color: stripe,
    },
    {
      shape: 'cone',
      size: [radius, radius * 0.82, rim / 2],
      pose: at(0, 0, half - rim / 2),
      color: ALUMINIUM,
    },
    {
      shape: 'cone',
      size: [radius * 0.82, radius, rim / 2],
      pose: at(0, 0, rim / 2 - half),
      color: ALUMINIUM,
    },
  ];
}

function standingCan(
  kind: GroceryKind,
  radius: number,
  half: number,
  label: Rgb,
  stripe: Rgb,
): BodyModel {
  const look: ObjectModel = {
    name: kind,
    halfExtents: [radius, radius, half],
    parts: canParts(radius, half, label, stripe),
  };
  const collision: CollisionPart = { type: 'cylinder', size: [radius, half], position: [0, 0, 0] };
  return bodyOf(kind, look, [collision], 0.08, grasp(2 * radius, ROUND, 0.035));
}

const COKE: Rgb = [0.78, 0.05, 0.06];
const WHITE: Rgb = [0.92, 0.92, 0.9];
const CAN_RADIUS = 0.033;
const CAN_HALF = 0.061;

/** A can on its side along x. Its collision box keeps it from rolling away. */
function lyingCoke(): BodyModel {
  const look: ObjectModel = {
    name: 'lying_coke_can',
    halfExtents: [CAN_HALF, CAN_RADIUS, CAN_RADIUS],
    parts: canParts(CAN_RADIUS, CAN_HALF, COKE, WHITE).map((part) => ({
      ...part,
      pose: at(part.pose.position[2], 0, 0, zOntoX),
    })),
  };
  const size: Vec3 = [CAN_HALF, CAN_RADIUS, CAN_RADIUS];
  return bodyOf(
    'lying_coke_can',
    look,
    [{ type: 'box', size, position: [0, 0, 0] }],
    0.08,
    grasp(2 * CAN_RADIUS, Math.PI),
  );
}

function ball(kind: GroceryKind, radius: number, color: Rgb, stalk: Rgb): BodyModel {
  const look: ObjectModel = {
    name: kind,
    halfExtents: [radius, radius, radius],
    parts: [
      { shape: 'sphere', size: [radius, 0, 0], pose: at(0, 0, 0), color },
      { shape: 'cylinder', size: [0.003, 0.006, 0], pose: at(0.002, 0, radius), color: stalk },
    ],
  };
  // A cylinder stands in for the ball, so that it does not roll away.
  const collision: CollisionPart = {
    type: 'cylinder',
    size: [radius * 0.96, radius],
    position: [0, 0, 0],
  };
  return bodyOf(kind, look, [collision], 0.1, grasp(2 * radius, ROUND));
}

function blueBottle(): BodyModel {
  const [radius, half, blue, cap]: [number, number, Rgb, Rgb] = [
    0.028,
    0.07,
    [0.15, 0.36, 0.8],
    [0.9, 0.9, 0.92],
  ];
  const look: ObjectModel = {
    name: 'blue_bottle',
    halfExtents: [radius, radius, half],
    parts: [
      { shape: 'cylinder', size: [radius, 0.042, 0], pose: at(0, 0, 0.042 - half), color: blue },
      { shape: 'cone', size: [radius, 0.013, 0.016], pose: at(0, 0, half - 0.04), color: blue },
      { shape: 'cylinder', size: [0.014, 0.012, 0], pose: at(0, 0, half - 0.012), color: cap },
    ],
  };
  const body: CollisionPart = {
    type: 'cylinder',
    size: [radius, 0.042],
    position: [0, 0, 0.042 - half],
  };
  const neck: CollisionPart = {
    type: 'cylinder',
    size: [0.014, 0.028],
    position: [0, 0, half - 0.028],
  };
  return bodyOf('blue_bottle', look, [body, neck], 0.08, grasp(2 * radius, ROUND, 0.085));
}

function sponge(): BodyModel {
  const [x, y, z] = [0.05, 0.031, 0.018];
  const look: ObjectModel = {
    name: 'sponge',
    halfExtents: [x, y, z],
    parts: [
      { shape: 'box', size: [x, y, z * 0.7], pose: at(0, 0, -z * 0.3), color: [0.92, 0.76, 0.2] },
      { shape: 'box', size: [x, y, z * 0.3], pose: at(0, 0, z * 0.7), color: [0.2, 0.5, 0.25] },
    ],
  };
  const collision: CollisionPart = { type: 'box', size: [x, y, z], position: [0, 0, 0] };
  return bodyOf('sponge', look, [collision], 0.05, grasp(2 * y, Math.PI));
}

function bodyOf(
  kind: GroceryKind,
  look: ObjectModel,
  collision: readonly CollisionPart[],
  massKg: number,
  how: GraspSpec,
): BodyModel {
  return { kind, look, collision, massKg, grasp: how, restTopM: look.halfExtents[2] };
}

export const groceries: ReadonlyMap<GroceryKind, BodyModel> = new Map(
  [
    standingCan('coke_can', CAN_RADIUS, CAN_HALF, COKE, WHITE),
    lyingCoke(),
    standingCan('pepsi_can', CAN_RADIUS, CAN_HALF, [0.08, 0.16, 0.52], [0.85, 0.12, 0.14]),
    standingCan('7up_can', CAN_RADIUS, CAN_HALF, [0.1, 0.55, 0.25], [0.95, 0.9, 0.3]),
    standingCan('redbull_can', 0.0265, 0.066, [0.72, 0.74, 0.8], [0.12, 0.2, 0.6]),
    blueBottle(),
    ball('apple', 0.035, [0.72, 0.1, 0.1], [0.3, 0.2, 0.1]),
    ball('orange', 0.0345, [0.95, 0.5, 0.08], [0.3, 0.45, 0.15]),
    sponge(),
  ].map((model) => [model.kind as GroceryKind, model]),
);
