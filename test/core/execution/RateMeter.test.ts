import assert from 'node:assert/strict';
import { RateMeter } from '../../../core/execution/RateMeter.ts';

const SEC = 1_000_000_000n;

describe('RateMeter', () => {
  it('knows no rate before the second completion', () => {
    const meter = new RateMeter();
    assert.equal(meter.rateHz(0n), 0);
    meter.add(SEC, 5);
    assert.equal(meter.rateHz(SEC), 0);
    assert.equal(meter.latencySec(SEC), undefined);
  });

  it('counts completions a second, and leaves the warm-up out of the latency', () => {
    const meter = new RateMeter();
    meter.add(0n, 30);
    for (let k = 1n; k <= 8n; k++) meter.add((k * SEC) / 4n, 0.2);
    assert.equal(meter.rateHz(2n * SEC), 4);
    assert.ok(Math.abs((meter.latencySec(2n * SEC) ?? 0) - 0.2) < 1e-12);
  });

  it('falls while a completion is overdue, and to nothing after the window', () => {
    const meter = new RateMeter(10);
    for (let k = 0n; k <= 4n; k++) meter.add(k * SEC, 0.1);
    assert.equal(meter.rateHz(5n * SEC), 1);
    assert.equal(meter.rateHz(9n * SEC), 0.5);
    assert.equal(meter.rateHz(30n * SEC), 0);
  });

  it('does not count a pause that it was told of', () => {
    const meter = new RateMeter();
    meter.add(0n, 0.1);
    meter.add(SEC, 0.1);
    meter.reset();
    meter.add(8n * SEC, 9);
    meter.add(9n * SEC, 0.1);
    assert.equal(meter.rateHz(9n * SEC), 1);
    assert.equal(meter.latencySec(9n * SEC), 0.1);
  });
});
