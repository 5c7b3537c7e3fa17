import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TickClock } from '../../../core/control/TickClock.ts';
import { TickFollower } from '../../../core/execution/TickFollower.ts';

const ms = (milliseconds: number): bigint => BigInt(Math.round(milliseconds)) * 1_000_000n;

describe('TickFollower', () => {
  it('puts every stamp into the first tick until one has begun', () => {
    const follower = new TickFollower(0.2);
    assert.equal(follower.tickOfStamp(ms(5000)), 0);
    assert.equal(follower.follow(0, ms(0)), false);
    assert.equal(follower.tickOfStamp(ms(5000)), 0);
  });

  it('tells when a tick begins, and not more often', () => {
    const follower = new TickFollower(0.2);
    const reports = [0, 1, 1, 1, 2, 2].map((consumed, i) => follower.follow(consumed, ms(20 * i)));
    assert.deepEqual(reports, [false, true, false, false, true, false]);
  });

  it('goes on where the count leaps, as it does after a lost report or a restart', () => {
    const follower = new TickFollower(0.2);
    follower.follow(57, ms(1000));
    assert.equal(follower.tickOfStamp(ms(1010)), 56);
    assert.equal(follower.tickOfStamp(ms(1190)), 57);
    follower.follow(0, ms(1300));
    assert.equal(follower.tickOfStamp(ms(1300)), 0);
  });

  it("agrees with the controller's own clock about stamps of this tick and the next", () => {
    const pauses = fc.array(fc.record({ pauseMs: fc.nat(3), offsetMs: fc.nat(199) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(pauses, (ticks) => {
        const clock = new TickClock(0.2);
        const follower = new TickFollower(0.2);
        let nowMs = 1000;
        for (const { pauseMs, offsetMs } of ticks) {
          if (pauseMs > 0) {
            clock.idle();
            nowMs += 300 * pauseMs;
          }
          clock.begin(ms(nowMs));
          follower.follow(clock.next, ms(nowMs));
          const stampNs = ms(nowMs + offsetMs);
          assert.equal(follower.tickOfStamp(stampNs), clock.tickOfStamp(stampNs));
          nowMs += 200;
        }
      }),
    );
  });

  it('knows of ticks that last longer', () => {
    const follower = new TickFollower(0.2);
    follower.follow(1, ms(1000), 0.25);
    assert.equal(follower.tickOfStamp(ms(1390)), 0);
    assert.equal(follower.tickOfStamp(ms(1410)), 1);
    const clock = new TickClock(0.2);
    clock.setSpeed(0.25, 0n);
    clock.begin(ms(1000));
    assert.equal(clock.endNs, ms(1800));
    assert.deepEqual(
      [ms(1390), ms(1410)].map((stamp) => clock.tickOfStamp(stamp)),
      [0, 1],
    );
    clock.setSpeed(1, ms(1400));
    assert.equal(clock.endNs, ms(1500), 'what is left of it passes four times as fast');
  });
});
