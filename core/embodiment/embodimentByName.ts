import type { Embodiment } from './Embodiment.ts';
import { googleRobot } from './googleRobot.ts';
import { widowx } from './widowx.ts';

export const EMBODIMENTS: readonly Embodiment[] = [widowx, googleRobot];

/** Throws, naming the known arms, if there is none of that name. */
export function embodimentByName(name: string): Embodiment {
  const found = EMBODIMENTS.find((embodiment) => embodiment.name === name);
  if (found === undefined) {
    const known = EMBODIMENTS.map((embodiment) => embodiment.name).join(', ');
    throw new Error(`Embodiment: expected one of ${known}, found "${name}"`);
  }
  return found;
}
