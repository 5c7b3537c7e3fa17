import assert from 'node:assert/strict';
import { reportFault } from '../../../core/execution/reportFault.ts';

const SEC = 1_000_000_000n;
const NOW = 1_700_000_000n * SEC;
const sound = { stampNs: NOW, ticksConsumed: 12, speedScale: 1 };

describe('reportFault', () => {
  it('finds nothing in a report of now, by a controller with a speed scale or without', () => {
    for (const speedScale of [1, 0.05, 0]) {
      assert.equal(reportFault({ ...sound, speedScale }, NOW), undefined);
    }
    assert.equal(reportFault(sound, NOW + 2n * SEC), undefined);
    assert.equal(reportFault(sound, NOW - 2n * SEC), undefined);
  });

  it('refuses one of another clock', () => {
    const yesterday = reportFault(sound, NOW + 86_400n * SEC);
    assert.equal(yesterday, 'stamp: expected within 2 s of the clock, found -86400.000 s from it');
    assert.match(reportFault(sound, NOW - 3n * SEC) ?? '', /found 3.000 s from it/);
  });

  it('does not judge by a simulated clock that was not heard yet', () => {
    assert.equal(reportFault(sound, 0n), undefined);
  });

  it('refuses numbers that no controller has', () => {
    for (const ticksConsumed of [2 ** 60, NaN, Infinity]) {
      assert.match(reportFault({ ...sound, ticksConsumed }, NOW) ?? '', /ticks_consumed/);
    }
    for (const speedScale of [-1, 1.5, NaN, Infinity]) {
      assert.match(reportFault({ ...sound, speedScale }, NOW) ?? '', /speed_scale: expected 0…1/);
    }
  });
});
