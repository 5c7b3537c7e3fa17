import { Random } from '../../core/math/random.ts';
import { UNKNOWN_WORD } from '../tasks/muffled.ts';
import type { Scene } from '../world/Scene.ts';

const SHORT_TICKS = 5;
/** In a share of the episodes the arm goes on staying, up to so much longer. */
const LONG_SHARE = 0.25;
const MOST_TICKS = 60;

/**
 * How long an episode is recorded after its task is done: the policy learns to stay. Most are short,
 * for little is to be seen; some are long, for an arm that drifts is to stay nevertheless. So are all
 * in which the sentence does not say whether a drawer is to be opened or closed: once it is open,
 * nothing but the arm before it tells that it was to be opened.
 */
export function holdTicks({ goal, instruction }: Scene, seed: number): number {
  const random = new Random(seed).fork('hold');
  const isOfDrawer = goal.kind === 'open' || goal.kind === 'close';
  if (isOfDrawer && instruction.includes(UNKNOWN_WORD)) return MOST_TICKS;
  return random.uniform() < LONG_SHARE
    ? SHORT_TICKS + random.int(MOST_TICKS - SHORT_TICKS + 1)
    : SHORT_TICKS;
}
