import assert from 'node:assert/strict';
import { MinimumJerkProfile } from '../../../core/control/MinimumJerkProfile.ts';
import { assertClose } from '../arm.ts';

const WIDE = { velocity: 1e3, acceleration: 1e3, maxAccelerationStep: 1e3 };
const REST = { v: 0, vEnd: 0, a: 0 };

describe('MinimumJerkProfile', () => {
  const plan = new MinimumJerkProfile(0.02);

  it('is the quintic from rest to rest, for short periods', () => {
    const fine = new MinimumJerkProfile(1 / 2000);
    const [way, periods] = [0.3, 400];
    fine.plan({ displacement: way, ...REST }, periods, WIDE);
    assert.equal(fine.exceeded, undefined);
    // q‴(0) = 60 way / T³, so the first acceleration is about 60 way dt / T³
    assertClose([fine.first], [(60 * way) / 2000 / 0.2 ** 3], 0.03 * fine.first);
  });

  it('says what it needs too much of', () => {
    const needs = (limits: Partial<typeof WIDE>, periods = 10) => {
      plan.plan({ displacement: 0.3, ...REST }, periods, { ...WIDE, ...limits });
      return plan.exceeded;
    };
    assert.equal(needs({}), undefined);
    assert.equal(needs({ velocity: 2 }), 'velocity');
    assert.equal(needs({ acceleration: 40 }), 'acceleration');
    assert.equal(needs({ acceleration: 46, maxAccelerationStep: 35 }), undefined);
    assert.equal(needs({ maxAccelerationStep: 30 }), 'jerk');
    assert.deepEqual([needs({}, 1), needs({}, 2)], ['time', 'time']);
  });

  it('goes on for one or two periods where they lead there', () => {
    plan.plan({ displacement: 0.02, v: 1, vEnd: 1, a: 0 }, 1, WIDE);
    assert.deepEqual([plan.exceeded, plan.first], [undefined, 0]);
    plan.plan({ displacement: 0.04, v: 1, vEnd: 1, a: 0 }, 2, WIDE);
    assert.equal(plan.exceeded, undefined);
    assertClose([plan.first], [0], 1e-9);
    plan.plan({ displacement: 0.03, v: 1, vEnd: 1, a: 0 }, 1, WIDE);
    assert.equal(plan.exceeded, 'time');
  });

  it('has the least jerk of all ways there', () => {
    const path = accelerations(10, 0.25, 0.4, 8);
    const cost = (a: readonly number[]): number =>
      a.slice(1).reduce((sum, x, k) => sum + (x - a[k]!) ** 2, 0);
    // changes that leave the end velocity and the end position as they are
    for (const [i, j, k] of [
      [1, 2, 3],
      [2, 5, 9],
      [4, 6, 7],
    ] as const) {
      for (const by of [-0.5, 0.5]) {
        const other = [...path];
        other[i]! += by * (k - j);
        other[j]! += by * (i - k);
        other[k]! += by * (j - i);
        assert.ok(cost(other) > cost(path));
      }
    }
  });

  /** The accelerations at the ends of all periods, the present one first. */
  function accelerations(periods: number, way: number, v: number, a: number): number[] {
    const state = { displacement: way, v, vEnd: 0.1, a };
    const found = [a];
    for (let left = periods; left >= 1; left--) {
      plan.plan(state, left, WIDE);
      assert.equal(plan.exceeded, undefined);
      const next = plan.first;
      state.displacement -= state.v * 0.02 + ((2 * state.a + next) / 6) * 0.02 ** 2;
      state.v += ((state.a + next) / 2) * 0.02;
      state.a = next;
      found.push(next);
    }
    assertClose([state.displacement, state.v, state.a], [0, 0.1, 0], 1e-9);
    return found;
  }
});
