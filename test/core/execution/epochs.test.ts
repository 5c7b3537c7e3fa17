import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  epochAfter,
  epochFault,
  epochLead,
  isEpoch,
  leapFault,
} from '../../../core/execution/epochs.ts';

const LAST = 2 ** 32 - 1;

describe('epochs', () => {
  it('begin again at 0 after the last one that fits into 32 bits', () => {
    assert.equal(epochAfter(LAST), 0);
    assert.equal(epochAfter(7), 8);
    assert.equal(epochLead(0, LAST), 1);
    assert.equal(epochLead(LAST, 0), -1);
    assert.equal(epochLead(5, 5), 0);
  });

  it('are ahead by as many as they come after, from anywhere on the circle', () => {
    const epoch = fc.integer({ min: 0, max: LAST });
    const count = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(epoch, count, (from, ahead) => {
        const later = epochAfter(from, ahead);
        assert.ok(isEpoch(later));
        assert.equal(epochLead(later, from), ahead);
      }),
    );
  });

  it('from outside may be ahead by a handful', () => {
    for (const epoch of [0, 3, 19, 1]) assert.equal(leapFault(epoch, 3), undefined, `${epoch}`);
    assert.equal(leapFault(4, LAST), undefined);
    assert.equal(leapFault(20, 3), 'epoch: expected 3…19, found 20');
    assert.equal(leapFault(1000, 3), 'epoch: expected 3…19, found 1000');
    for (const epoch of [NaN, -1, 0.5, 2 ** 32, Infinity]) {
      assert.match(leapFault(epoch, 3) ?? '', /^epoch: expected 3…19, found /, `${epoch}`);
    }
  });

  it('that are over take nothing any more', () => {
    assert.equal(epochFault(3, 3), undefined);
    assert.equal(epochFault(2, 3), 'epoch: expected 3 or later, found 2');
    // The largest number of 32 bits is just before 0, hence over.
    assert.equal(epochFault(LAST, 3), `epoch: expected 3 or later, found ${LAST}`);
    assert.equal(epochFault(1_000_000, 3), 'epoch: expected 3…19, found 1000000');
  });
});
