import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type StickyGripper, stickyGripper } from '../../../core/embodiment/stickyGripper.ts';

function commands(openings: readonly number[], holdTicks: number): number[] {
  let state: StickyGripper | undefined;
  return openings.map((opening) => (state = stickyGripper(state, opening, holdTicks)).opening);
}

describe('stickyGripper', () => {
  it('holds a change for so many ticks, whatever is said meanwhile', () => {
    assert.deepEqual(commands([1, 1, 0, 1, 1, 1, 1], 3), [1, 1, 0, 0, 0, 1, 1]);
    assert.deepEqual(commands([1, 0, 1, 0, 1], 1), [1, 0, 1, 0, 1]);
    assert.deepEqual(commands([1, 0, 1, 0, 1], 0), [1, 0, 1, 0, 1]);
  });

  it('takes half a change for none', () => {
    assert.deepEqual(commands([1, 0.5, 0.6, 0.4], 15), [1, 1, 1, 0.4]);
  });

  it('never changes twice within the hold', () => {
    const opening = fc.constantFrom(0, 1);
    fc.assert(
      fc.property(fc.array(opening), fc.integer({ min: 1, max: 20 }), (openings, hold) => {
        const told = commands(openings, hold);
        const changes = told.flatMap((value, i) => (i > 0 && value !== told[i - 1] ? [i] : []));
        assert.ok(changes.every((tick, i) => i === 0 || tick - changes[i - 1]! >= hold));
      }),
    );
  });
});
