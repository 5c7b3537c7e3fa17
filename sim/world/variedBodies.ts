import { Random } from '../../core/math/random.ts';
import type { Rgb } from '../render/Primitive.ts';
import type { BodyModel } from './BodyModel.ts';
import type { TrainedKind } from './bodyKinds.ts';
import { bodyModel, CUBE_COLOR_NAMES } from './bodies.ts';
import type { ProceduralObject } from './proceduralObjects.ts';
import {
  block,
  dish,
  longThing,
  lump,
  mat,
  shortThing,
  standingThing,
} from './proceduralObjects.ts';
import { repainted } from './repainted.ts';
import { unseenBody } from './unseenBodies.ts';
import type { UnseenKind } from './unseenKinds.ts';
import { UNSEEN_KINDS, UNSEEN_THINGS } from './unseenKinds.ts';

/** Share of the varieties of a kind that have its shape, in other colours. */
const SAME_SHAPE_SHARE = 0.5;
/** Colours nearer than this to one that only evaluation has, or that is a name, are left out. */
const COLOR_APART = 0.27;
/** Bodies kept for when they are asked for again. */
const KEPT = 256;

const CANS = ['coke_can', 'pepsi_can', '7up_can', 'redbull_can', 'lying_coke_can'] as const;
const ROUND_FRUIT = ['apple', 'orange'] as const;
/** Kinds that are told from one another by their colours. */
const LOOKALIKES: readonly (readonly TrainedKind[])[] = [['cube'], CANS, ROUND_FRUIT];

type Maker = (random: Random, paint: () => Rgb) => ProceduralObject;

/** Kinds without an entry have only their own shape. */
const MAKERS: Readonly<Partial<Record<TrainedKind, Maker>>> = {
  spoon: longThing,
  carrot: longThing,
  eggplant: shortThing,
  cube: block,
  plate: dish,
  towel: mat,
  coke_can: standingThing,
  pepsi_can: standingThing,
  '7up_can': standingThing,
  redbull_can: standingThing,
  blue_bottle: standingThing,
  apple: lump,
  orange: lump,
};

const kept = new Map<string, BodyModel>();

/**
 * One of endlessly many things that are laid out and taken hold of like those of a kind but look
 * different: painted otherwise, or made up of solids. They have neither a shape that only evaluation
 * has, nor the colour in which it has a kind.
 *
 * @param variety which one; the same number is always the same thing
 */
export function variedBody(kind: TrainedKind, variety: number): BodyModel {
  const key = `${kind} ${variety}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= KEPT) kept.clear();
  const random = new Random(variety).fork(kind);
  const taken = takenColors(kind);
  const paint = (): Rgb => colorApartFrom(taken, random);
  const maker = hasUsualShape(kind, variety) ? undefined : MAKERS[kind];
  const model =
    maker === undefined
      ? repainted(bodyModel(kind), [paint(), paint()])
      : withShape(bodyModel(kind), maker(random, paint));
  kept.set(key, model);
  return model;
}

/** Whether a variety has the shape of its kind, and with it the kind's name. */
export function hasUsualShape(kind: TrainedKind, variety: number): boolean {
  if (MAKERS[kind] === undefined) return true;
  return new Random(variety).fork(`shape of ${kind}`).uniform() < SAME_SHAPE_SHARE;
}

function withShape(model: BodyModel, made: ProceduralObject): BodyModel {
  const { halfExtents, parts, collision, grasp = model.grasp } = made;
  const look = { name: `made up like ${model.kind}`, halfExtents, parts };
  return { ...model, look, collision, grasp, restTopM: halfExtents[2] };
}

function colorApartFrom(taken: readonly Rgb[], random: Random): Rgb {
  for (;;) {
    const color = fromHue(random.uniform(), random.uniform(0.1, 1), random.uniform(0.12, 0.96));
    const isFree = taken.every(
      (other) => Math.hypot(...other.map((v, k) => v - color[k]!)) > COLOR_APART,
    );
    if (isFree) return color;
  }
}

/** Colours that evaluation alone has things like these in, and those that tell what they are. */
function takenColors(kind: TrainedKind): readonly Rgb[] {
  const alike = LOOKALIKES.find((kinds) => kinds.includes(kind)) ?? [];
  const unseen = UNSEEN_KINDS.filter((one) => [kind, ...alike].includes(likeOf(one)));
  const named = alike.flatMap((one) =>
    one === 'cube' ? CUBE_COLOR_NAMES.map((color) => bodyModel(one, color)) : [bodyModel(one)],
  );
  return [...unseen.map(unseenBody), ...named].map(({ look }) => look.parts[0]!.color);
}

function likeOf(kind: UnseenKind): TrainedKind {
  return UNSEEN_THINGS[kind].like;
}

/** @param hue,saturation,value each 0…1 */
function fromHue(hue: number, saturation: number, value: number): Rgb {
  const channel = (shift: number): number => {
    const k = (shift + hue * 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}
