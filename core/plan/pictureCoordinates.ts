export type PictureSize = { readonly width: number; readonly height: number };

type Misplaced = { readonly ok: false; readonly problem: string };

/** Of a side: what may be beyond the edge and is then taken to be on it. */
const EDGE = 0.02;

/** `[x, y]` in pixels → 0…1. */
export function pointIn(
  size: PictureSize,
  [x = NaN, y = NaN]: readonly number[],
): { readonly ok: true; readonly x: number; readonly y: number } | Misplaced {
  const place = { x: onto(x / size.width), y: onto(y / size.height) };
  if (Number.isFinite(place.x) && Number.isFinite(place.y)) return { ok: true, ...place };
  return outside(size, [x, y]);
}

/** `[x1, y1, x2, y2]` in pixels, any two opposite corners → 0…1, left above first. */
export function boxIn(
  size: PictureSize,
  numbers: readonly number[],
):
  | {
      readonly ok: true;
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
    }
  | Misplaced {
  const a = pointIn(size, numbers);
  const b = pointIn(size, numbers.slice(2));
  if (!a.ok || !b.ok) return outside(size, numbers);
  if (a.x === b.x || a.y === b.y) {
    return { ok: false, problem: `[${numbers.join(', ')}] has no area` };
  }
  return {
    ok: true,
    x1: Math.min(a.x, b.x),
    y1: Math.min(a.y, b.y),
    x2: Math.max(a.x, b.x),
    y2: Math.max(a.y, b.y),
  };
}

/** NaN where it is too far from 0…1. */
function onto(fraction: number): number {
  if (!(fraction >= -EDGE && fraction <= 1 + EDGE)) return NaN;
  return Math.max(0, Math.min(1, fraction));
}

function outside({ width, height }: PictureSize, numbers: readonly number[]): Misplaced {
  const problem = `[${numbers.join(', ')}] is outside the picture of ${width} x ${height}`;
  return { ok: false, problem };
}
