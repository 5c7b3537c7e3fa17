import type { Random } from '../../core/math/random.ts';
import { besidesOnCounter, besidesOnLid } from '../tasks/googleLayout.ts';
import { besidesOnTable } from '../tasks/layout.ts';
import type { LayoutItem } from '../tasks/layout.ts';
import type { TrainedKind } from '../world/bodyKinds.ts';
import { CUBE_COLOR_NAMES } from '../world/bodies.ts';
import type { GroceryKind } from '../world/bodyKinds.ts';
import { GROCERY_KINDS } from '../world/bodyKinds.ts';
import type { Scene, SceneObject } from '../world/Scene.ts';
import { isUnseenKind, UNSEEN_THINGS } from '../world/unseenKinds.ts';

/** Small things of the table, all of which training has; cubes in every colour. */
const TABLE_ITEMS: readonly LayoutItem[] = [
  { kind: 'spoon' },
  { kind: 'carrot' },
  { kind: 'eggplant' },
  ...CUBE_COLOR_NAMES.map((color): LayoutItem => ({ kind: 'cube', color })),
];

/** The scene with things in it that are like none of the task's own; those stay where they are. */
export function withDistractors(scene: Scene, count: number, random: Random): Scene {
  const { objects, cabinet } = scene;
  const taken = new Set(objects.map(nameOf));
  const isOnTable =
    cabinet === undefined && objects.every(({ supportZM }) => supportZM === undefined);
  if (isOnTable) {
    const items = random.shuffle(TABLE_ITEMS.filter((item) => !taken.has(nameOf(item))));
    return { ...scene, objects: besidesOnTable(objects, items.slice(0, count), random) };
  }
  const kinds = random
    .shuffle<GroceryKind>(GROCERY_KINDS)
    // One kind of coke can is enough.
    .filter((kind) => kind !== 'lying_coke_can' && !taken.has(kind))
    .slice(0, count);
  return {
    ...scene,
    objects:
      cabinet === undefined
        ? besidesOnCounter(objects, kinds, random)
        : besidesOnLid(objects, kinds, cabinet, random),
  };
}

/** What a thing is or is like; cubes of different colours are different things. */
function nameOf({ kind, color }: Pick<SceneObject, 'kind' | 'color'>): string {
  const like: TrainedKind = isUnseenKind(kind) ? UNSEEN_THINGS[kind].like : kind;
  if (like === 'lying_coke_can') return 'coke_can';
  return like === 'cube' && color !== undefined ? `${color} cube` : like;
}
