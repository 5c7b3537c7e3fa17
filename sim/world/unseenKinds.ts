import type { SourceKind, SupportKind } from './bodyKinds.ts';
import type { GroceryKind } from './bodyKinds.ts';

type UnseenThing<Like> = {
  /** What it is laid out, and taken hold of, like. */
  readonly like: Like;
  /** What of it is new: it has the colour of nothing that it is like, or the shape of nothing. */
  readonly newBy: 'colour' | 'shape';
  /** What operators call it. */
  readonly name: string;
};

/** On the WidowX's table. */
export const UNSEEN_TABLE_THINGS = {
  pink_spoon: { like: 'spoon', newBy: 'colour', name: 'pink spoon' },
  fork: { like: 'spoon', newBy: 'shape', name: 'fork' },
  white_carrot: { like: 'carrot', newBy: 'colour', name: 'white carrot' },
  banana: { like: 'carrot', newBy: 'shape', name: 'banana' },
  white_eggplant: { like: 'eggplant', newBy: 'colour', name: 'white eggplant' },
  pear: { like: 'eggplant', newBy: 'shape', name: 'pear' },
  pink_block: { like: 'cube', newBy: 'colour', name: 'pink block' },
  white_block: { like: 'cube', newBy: 'colour', name: 'white block' },
  black_block: { like: 'cube', newBy: 'colour', name: 'black block' },
  cylinder: { like: 'cube', newBy: 'shape', name: 'red cylinder' },
  red_towel: { like: 'towel', newBy: 'colour', name: 'red towel' },
  board: { like: 'towel', newBy: 'shape', name: 'board' },
  black_plate: { like: 'plate', newBy: 'colour', name: 'black plate' },
  tray: { like: 'plate', newBy: 'shape', name: 'tray' },
  red_basket: { like: 'basket', newBy: 'colour', name: 'red basket' },
  box: { like: 'basket', newBy: 'shape', name: 'box' },
} as const satisfies Record<string, UnseenThing<SourceKind | SupportKind>>;

/** In the kitchen of Google Robot. */
export const UNSEEN_GROCERIES = {
  fanta_can: { like: 'coke_can', newBy: 'colour', name: 'fanta can' },
  green_bottle: { like: 'blue_bottle', newBy: 'colour', name: 'green plastic bottle' },
  plum: { like: 'apple', newBy: 'colour', name: 'plum' },
  lemon: { like: 'apple', newBy: 'shape', name: 'lemon' },
  carton: { like: 'coke_can', newBy: 'shape', name: 'milk carton' },
  jar: { like: 'coke_can', newBy: 'shape', name: 'jam jar' },
} as const satisfies Record<string, UnseenThing<GroceryKind>>;

export type UnseenTableKind = keyof typeof UNSEEN_TABLE_THINGS;
export type UnseenGroceryKind = keyof typeof UNSEEN_GROCERIES;
/** Things that only evaluation has: no training scene can have one. */
export type UnseenKind = UnseenTableKind | UnseenGroceryKind;

export const UNSEEN_THINGS: Readonly<
  Record<UnseenKind, UnseenThing<SourceKind | SupportKind | GroceryKind>>
> = { ...UNSEEN_TABLE_THINGS, ...UNSEEN_GROCERIES };

export const UNSEEN_KINDS = Object.keys(UNSEEN_THINGS) as readonly UnseenKind[];

export function isUnseenKind(kind: string): kind is UnseenKind {
  return kind in UNSEEN_THINGS;
}
