import { readFileSync } from 'node:fs';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';

/** A file of the repository, seen from `dist/test/core`. */
export function readRepositoryFile(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

export const widowxUrdfText = readRepositoryFile(`urdf/${widowx.urdfFile}`);
export const widowxUrdf = parseUrdf(widowxUrdfText);
export const googleRobotUrdf = urdfOf(googleRobot);

export function urdfOf({ urdfFile }: Embodiment): UrdfModel {
  return parseUrdf(readRepositoryFile(`urdf/${urdfFile}`));
}

export function chainOf(embodiment: Embodiment): Chain {
  return Chain.fromUrdf(urdfOf(embodiment), embodiment.baseLink, embodiment.eeLink);
}

export function widowxChain(): Chain {
  return chainOf(widowx);
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
    Array.from(actual).every((x, i) => Math.abs(x - expected[i]!) <= tolerance);
  if (!close) {
    const list = (values: ArrayLike<number>): string => Array.from(values).join(', ');
    throw new Error(
      `${what}: expected ${list(expected)} within ${tolerance}, found ${list(actual)}`,
    );
  }
}
