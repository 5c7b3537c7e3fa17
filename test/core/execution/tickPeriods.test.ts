import assert from 'node:assert/strict';
import { periodsBeforeTick, tickAt } from '../../../core/execution/tickPeriods.ts';

describe('tickPeriods', () => {
  it('divides ticks of a third of a second into 17, 16 and 17 periods, and so on', () => {
    const begins = [0, 1, 2, 3, 4, 6, 300].map((tick) => periodsBeforeTick(tick, 1 / 3, 0.02));
    assert.deepEqual(begins, [0, 17, 33, 50, 67, 100, 5000]);
  });

  for (const [tickSec, periods] of [
    [0.2, 10],
    [1 / 3, 50 / 3],
  ] as const) {
    it(`says which tick of ${tickSec.toFixed(2)} s runs, as the ticks were divided`, () => {
      for (let period = 0; period < 40 * periods; period++) {
        const tick = tickAt(period * 0.02, tickSec, 0.02);
        assert.ok(periodsBeforeTick(tick, tickSec, 0.02) <= period, `period ${period}`);
        assert.ok(period < periodsBeforeTick(tick + 1, tickSec, 0.02), `period ${period}`);
      }
    });
  }
});
