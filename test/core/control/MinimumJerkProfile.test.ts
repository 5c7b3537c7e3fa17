import assert from 'node:assert/strict';
import { MinimumJerkProfile } from '../../../core/control/MinimumJerkProfile.ts';
import { assertClose } from '../arm.ts';

const WIDE = { velocity: 1e3, acceleration: 1e3, maxAccelerationStep: 1e3 };
const REST = { v: 0, vEnd: 0, a: 0 };

describe('MinimumJerkProfile', () => {
  const profile = new MinimumJerkProfile(0.02);

  it('is the quintic from rest to rest, for short periods', () => {
    const fine = new MinimumJerkProfile(1 / 2000);
    const [way, periods] = [0.3, 400];
    const { first, exceeded } = fine.plan({ displacement: way, ...REST }, periods, WIDE);
    assert.equal(exceeded, undefined);
    // q‴(0) = 60 way / T³, so the first acceleration is about 60 way dt / T³
    assertClose([first], [(60 * way) / 2000 / 0.2 ** 3], 0.03 * first);
  });

  it('says what it needs too much of', () => {
    const needs = (limits: Partial<typeof WIDE>, periods = 10) => {
      return profile.plan({ displacement: 0.3, ...REST }, periods, { ...WIDE, ...limits }).exceeded;
    };
    assert.equal(needs({}), undefined);
    assert.equal(needs({ velocity: 2 }), 'velocity');
    assert.equal(needs({ acceleration: 40 }), 'acceleration');
    assert.equal(needs({ acceleration: 46, maxAccelerationStep: 35 }), undefined);
    assert.equal(needs({ maxAccelerationStep: 30 }), 'jerk');
    assert.deepEqual([needs({}, 1), needs({}, 2)], ['time', 'time']);
  });

  it('continues for one or two periods if they lead there', () => {
    const steady = { v: 1, vEnd: 1, a: 0 };
    const one = profile.plan({ displacement: 0.02, ...steady }, 1, WIDE);
    assert.deepEqual(one, { exceeded: undefined, first: 0 });
    const two = profile.plan({ displacement: 0.04, ...steady }, 2, WIDE);
    assert.equal(two.exceeded, undefined);
    assertClose([two.first], [0], 1e-9);
    const short = profile.plan({ displacement: 0.03, ...steady }, 1, WIDE);
    assert.equal(short.exceeded, 'time');
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
      const { first: next, exceeded } = profile.plan(state, left, WIDE);
      assert.equal(exceeded, undefined);
      state.displacement -= state.v * 0.02 + ((2 * state.a + next) / 6) * 0.02 ** 2;
      state.v += ((state.a + next) / 2) * 0.02;
      state.a = next;
      found.push(next);
    }
    assertClose([state.displacement, state.v, state.a], [0, 0.1, 0], 1e-9);
    return found;
  }
});
