import assert from 'node:assert/strict';
import { TickClock } from '../../../core/control/TickClock.ts';

const ms = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n;

describe('TickClock', () => {
  /** Ticks 0, 1, 2 from 1000 ms on; then, after a pause, tick 3 at 2000 ms. */
  function pausedClock(): TickClock {
    const clock = new TickClock(0.2);
    for (const start of [1000, 1200, 1400]) clock.begin(ms(start));
    clock.idle();
    clock.begin(ms(2000));
    return clock;
  }

  const stamps: readonly [string, number, number][] = [
    ['before everything', 0, 0],
    ['at the first start', 1000, 0],
    ['in the first half of a tick', 1099, 0],
    ['at the middle of a tick', 1100, 1],
    ['in the second half of a tick', 1199, 1],
    ['at a seam', 1400, 2],
    ['at the end before a pause', 1600, 3],
    ['in the pause', 1900, 3],
    ['after the pause', 2000, 3],
    ['ahead of the clock', 9000, 4],
  ];
  for (const [when, stamp, tick] of stamps) {
    it(`a stamp ${when} belongs to tick ${tick}`, () => {
      assert.equal(pausedClock().tickOfStamp(ms(stamp)), tick);
    });
  }

  it('everything belongs to tick 0 before the first action', () => {
    assert.equal(new TickClock(0.2).tickOfStamp(ms(123)), 0);
  });

  it('does not drift where the timer is a little late each time', () => {
    const clock = new TickClock(0.2);
    for (let k = 0; k < 10; k++) clock.begin(ms(200 * k + 5));
    assert.equal(clock.endNs, ms(2005));
    assert.equal(clock.next, 10);
  });

  it('starts anew where it is late by more than half a tick', () => {
    const clock = new TickClock(0.2);
    clock.begin(ms(0));
    clock.begin(ms(350));
    assert.equal(clock.endNs, ms(550));
  });

  it('goes on counting after a jump of the clock', () => {
    const clock = pausedClock();
    clock.forgetTimes();
    assert.equal(clock.next, 4);
    assert.equal(clock.tickOfStamp(ms(10)), 4);
    clock.begin(ms(20));
    assert.equal(clock.tickOfStamp(ms(20)), 4);
  });
});
