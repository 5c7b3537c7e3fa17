import { Random } from '../../core/math/random.ts';

const SHORT_TICKS = 5;
/** In a share of the episodes the arm goes on staying, up to so much longer. */
const LONG_SHARE = 0.25;
const MOST_TICKS = 60;

/**
 * How long an episode is recorded after its task is done: the policy learns to stay. Most are short,
 * for little is to be seen; some are long, for an arm that drifts is to stay nevertheless.
 */
export function holdTicks(seed: number): number {
  const random = new Random(seed).fork('hold');
  return random.uniform() < LONG_SHARE
    ? SHORT_TICKS + random.int(MOST_TICKS - SHORT_TICKS + 1)
    : SHORT_TICKS;
}
