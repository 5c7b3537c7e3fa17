import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Episode } from '../../nodes/simulator/Episode.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const PERIODS_PER_TICK = 10;
const TASK = 'widowx_spoon_on_towel';

describe('Episode', () => {
  let world: SimWorld;
  let episode: Episode;
  before(async () => {
    const file = new URL(`../../../urdf/${widowx.urdfFile}`, import.meta.url);
    world = await SimWorld.create({ embodiment: widowx, urdfText: readFileSync(file, 'utf8') });
    episode = new Episode(world);
  });
  after(() => world.dispose());

  /** Ticks that it tells of while so many periods pass. */
  const ticksIn = (periods: number): number[] =>
    Array.from({ length: periods }, () => {
      world.step(undefined);
      return episode.update() ? [episode.message(0n).tick] : [];
    }).flat();

  it('waits, however long it takes until somebody says what to do', () => {
    episode.reset(TASK, 1_000_000n);
    assert.deepEqual(ticksIn(73), []);
    episode.begin();
    assert.deepEqual(ticksIn(3 * PERIODS_PER_TICK), [1, 2, 3]);
    episode.begin();
    assert.deepEqual(ticksIn(PERIODS_PER_TICK), [4]);
  });

  it('has all of its time from then on, and is judged at its end', () => {
    episode.reset(TASK, 1_000_001n);
    ticksIn(5 * PERIODS_PER_TICK);
    episode.begin();
    const { max_ticks: maxTicks } = episode.message(0n);
    assert.equal(ticksIn((maxTicks + 5) * PERIODS_PER_TICK).length, maxTicks);
    const { tick, finished, success } = episode.message(0n);
    assert.deepEqual([tick, finished, success], [maxTicks, true, false]);
  });

  it('waits again after another reset', () => {
    episode.reset(TASK, 1_000_002n);
    assert.deepEqual(ticksIn(2 * PERIODS_PER_TICK), []);
    assert.equal(episode.message(0n).finished, false);
  });
});
