import assert from 'node:assert/strict';
import { armBounds } from '../../../core/control/armBounds.ts';
import { JointMonitor } from '../../../core/control/JointMonitor.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { assertClose, widowxChain, widowxUrdf } from '../arm.ts';

const ms = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n;

describe('JointMonitor', () => {
  const names = [...widowx.armJoints, 'left_finger'];
  const values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.02];

  function monitor(): JointMonitor {
    return new JointMonitor(widowx, widowxChain(), armBounds(widowx, widowxUrdf), ms(250));
  }

  function sample(order: readonly string[], positions: readonly number[], stampMs = 1000) {
    return {
      stampNs: ms(stampMs),
      names: order,
      positions: Float64Array.from(positions),
      velocities: new Float64Array(0),
    };
  }

  it('reads by name, whatever the order and whatever else there is', () => {
    const m = monitor();
    const order = [...names].reverse().concat('gripper', 'right_finger');
    assert.deepEqual(m.accept(sample(order, [...values].reverse().concat(9, -9))), {
      accepted: true,
    });
    assert.deepEqual([...m.joints, m.gripperPosition], values);
    assertClose(m.baseFromEe!.position, widowxChain().forward(values.slice(0, 6)).position, 0);
  });

  const twice = ['waist', ...names];
  const refused: readonly [string, readonly string[], readonly number[], RegExp][] = [
    ['missing joints, with the list', names.slice(2), values.slice(2), /missing waist, shoulder$/],
    ['joints named twice', twice, [0, ...values], /named twice: waist/],
    ['fewer positions than names', names, values.slice(1), /7 names but 6 positions/],
    ['NaN', names, values.with(2, NaN), /not finite: elbow/],
    ['nothing at all', [], [], /missing waist, .*left_finger/],
  ];
  for (const [what, order, positions, message] of refused) {
    it(`refuses ${what}, and keeps what it had`, () => {
      const m = monitor();
      m.accept(sample(names, values));
      const answer = m.accept(sample(order, positions, 2000));
      assert.match(answer.accepted ? 'accepted' : answer.reason, message);
      assert.deepEqual([...m.joints, m.gripperPosition], values);
    });
  }

  it('refuses what is older than the last', () => {
    const m = monitor();
    m.accept(sample(names, values, 1000));
    assert.equal(m.accept(sample(names, values, 999)).accepted, false);
    assert.equal(m.accept(sample(names, values, 1000)).accepted, true);
    m.forget();
    assert.equal(m.accept(sample(names, values, 999)).accepted, true);
  });

  it('recovers from stamps of a wrong clock', () => {
    const m = monitor();
    m.accept(sample(names, values, 1_000_000));
    assert.match(m.staleness(ms(1000)) ?? '', /ahead of the clock/);
    assert.equal(m.accept(sample(names, values, 1000)).accepted, true);
    assert.equal(m.staleness(ms(1000)), undefined);
  });

  const ages: readonly [number, RegExp | undefined][] = [
    [1000, undefined],
    [1250, undefined],
    [1251, /0\.251 s old/],
    [900, undefined],
    [800, /0\.200 s ahead of the clock/],
  ];
  for (const [nowMs, message] of ages) {
    it(`at ${nowMs} ms is ${message === undefined ? 'fresh' : 'stale'}`, () => {
      const m = monitor();
      assert.match(m.staleness(ms(nowMs)) ?? '', /no joint state yet/);
      m.accept(sample(names, values, 1000));
      const staleness = m.staleness(ms(nowMs));
      if (message === undefined) assert.equal(staleness, undefined);
      else assert.match(staleness ?? '', message);
    });
  }

  it('tolerates a badly calibrated joint, but not one that is far outside', () => {
    const m = monitor();
    m.accept(sample(names, values.with(2, 1.65)));
    assert.equal(m.outsideLimits(), undefined);
    m.accept(sample(names, values.with(2, 1.8)));
    assert.match(m.outsideLimits() ?? '', /elbow is at 1\.800, outside its limits -1\.25…1\.60599/);
  });
});
