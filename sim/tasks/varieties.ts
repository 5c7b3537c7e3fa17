import type { Random } from '../../core/math/random.ts';

const VARIETIES = 2 ** 31;

/** The same list, the things at these places replaced by varieties of their kinds. */
export function asVarieties<T extends { readonly variety?: number }>(
  things: readonly T[],
  places: readonly number[],
  random: Random,
): T[] {
  return things.map((thing, i) =>
    places.includes(i) ? { ...thing, variety: random.int(VARIETIES) } : thing,
  );
}
