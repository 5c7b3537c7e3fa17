import assert from 'node:assert/strict';
import { ReceiverClock } from '../../nodes/controller/sinks/ReceiverClock.ts';

/** What it says after two seconds of joint states that look so old, ms. */
function afterAges(...agesMs: number[]) {
  const clock = new ReceiverClock({ aheadSec: 0.02, behindSec: 0.04 });
  for (let k = 0; k < 100; k++) {
    const nowNs = 1_000_000_000_000n + BigInt(k) * 20_000_000n;
    clock.received(nowNs - BigInt(Math.round(agesMs[k % agesMs.length]! * 1e6)), nowNs);
  }
  return clock.diagnostic();
}

describe('ReceiverClock', () => {
  const cases: [string, number[], 'ok' | 'warn', RegExp][] = [
    ['joint states that come at once', [1, 2], 'ok', /^$/],
    ['some that are late', [1, 150, 240], 'ok', /^$/],
    ['a clock that is a little ahead', [-15], 'ok', /^$/],
    [
      'a clock that is far ahead',
      [-15, -35],
      'warn',
      /35 ms ahead of this clock, expected at most 20/,
    ],
    [
      'joint states that are all old',
      [90, 60],
      'warn',
      /never younger than 60 ms, expected at most 40/,
    ],
  ];
  for (const [what, ages, level, message] of cases) {
    it(`${what}: ${level}`, () => {
      const found = afterAges(...ages);
      assert.equal(found.level, level);
      assert.match(found.message, message);
    });
  }

  it('says nothing before it has listened for a second, nor where the clock was set back', () => {
    const clock = new ReceiverClock({ aheadSec: 0.02, behindSec: 0.04 });
    clock.received(5_000_000_000n, 5_500_000_000n);
    clock.received(1_000_000_000n, 1_000_000_000n);
    assert.equal(clock.diagnostic().level, 'ok');
    assert.equal(clock.diagnostic().values!['youngest_joint_state_s'], 'not known yet');
  });
});
