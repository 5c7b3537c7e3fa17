import { readFileSync } from 'node:fs';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';

/** A file of the repository, seen from `dist/test/core`. */
export function readRepositoryFile(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

export const widowxUrdfText = readRepositoryFile(`urdf/${widowx.urdfFile}`);
export const widowxUrdf = parseUrdf(widowxUrdfText);

export function widowxChain(): Chain {
  return Chain.fromUrdf(widowxUrdf, widowx.baseLink, widowx.eeLink);
}

/** Fails with both lists where one number differs by more than the tolerance. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = 'numbers',
): void {
  const close =
    actual.length === expected.length &&
    Array.from(actual).every((x, i) => Math.abs(x - (expected[i] as number)) <= tolerance);
  if (!close) {
    const list = (values: ArrayLike<number>): string => Array.from(values).join(', ');
    throw new Error(
      `${what}: expected ${list(expected)} within ${tolerance}, found ${list(actual)}`,
    );
  }
}
