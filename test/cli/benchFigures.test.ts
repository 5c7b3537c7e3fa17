import assert from 'node:assert/strict';
import { figureRow, isMet } from '../../cli/bench/Figure.ts';
import { median, quantile, rateHz } from '../../core/math/statistics.ts';

describe('statistics', () => {
  it('interpolates between values', () => {
    assert.equal(quantile([4, 1, 3, 2], 0), 1);
    assert.equal(quantile([4, 1, 3, 2], 1), 4);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.ok(Number.isNaN(median([])));
  });

  it('counts intervals, not events', () => {
    assert.equal(rateHz([]), 0);
    assert.equal(rateHz([5n]), 0);
    assert.equal(rateHz([0n, 500_000_000n, 1_000_000_000n]), 2);
  });
});

describe('figures of st4vla bench', () => {
  it('are judged by their bound', () => {
    const figure = { name: 'delay', value: 5, unit: 'ms' };
    assert.equal(isMet(figure), undefined);
    assert.equal(isMet({ ...figure, wanted: { atMost: 5 } }), true);
    assert.equal(isMet({ ...figure, wanted: { atLeast: 5.1 } }), false);
    assert.equal(isMet({ ...figure, value: NaN, wanted: { atMost: 5 } }), false);
  });

  it('are shown with as many digits as they deserve', () => {
    const row = (value: number) => figureRow({ name: 'x', value, unit: 'ms' })[1];
    assert.equal(row(1.2345), '1.23 ms');
    assert.equal(row(12.345), '12.3 ms');
    assert.equal(row(1234.5), '1235 ms');
    assert.equal(row(7), '7 ms');
    assert.equal(row(NaN), '– ms');
  });
});
