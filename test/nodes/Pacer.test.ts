import assert from 'node:assert/strict';
import { Pacer } from '../../nodes/simulator/Pacer.ts';

describe('Pacer', () => {
  /** Steps made when asked at these times, ms. */
  const steps = (pacer: Pacer, times: readonly number[]) => times.map((ms) => pacer.due(ms));

  it('makes a step each period', () => {
    assert.deepEqual(steps(new Pacer(0.02, 1), [0, 20, 40, 60]), [0, 1, 1, 1]);
  });

  it('makes none too early and catches up with a short delay', () => {
    assert.deepEqual(steps(new Pacer(0.02, 1), [0, 19, 20, 39, 100]), [0, 0, 1, 0, 4]);
  });

  it('gives up what is lost in a long delay, and says so', () => {
    const pacer = new Pacer(0.02, 1);
    assert.deepEqual(steps(pacer, [0, 1000, 1020]), [0, 5, 1]);
    assert.equal(pacer.lostSteps, 45);
  });

  it('measures how fast simulated time passes', () => {
    const pacer = new Pacer(0.02, 1);
    assert.equal(pacer.realTimeFactor(), undefined);
    for (let ms = 0; ms <= 4000; ms += 200) pacer.due(ms);
    // five of the ten steps that are due each time
    assert.ok(Math.abs(pacer.realTimeFactor()! - 0.5) < 1e-9, `${pacer.realTimeFactor()}`);
  });

  it('follows the factor that it is told', () => {
    const pacer = new Pacer(0.02, 2);
    assert.deepEqual(steps(pacer, [0, 10, 20]), [0, 1, 1]);
    for (let ms = 30; ms <= 3000; ms += 10) pacer.due(ms);
    assert.ok(Math.abs(pacer.realTimeFactor()! - 2) < 0.01, `${pacer.realTimeFactor()}`);
  });

  it('does not make up for a pause', () => {
    const pacer = new Pacer(0.02, 1);
    steps(pacer, [0, 20]);
    pacer.restart(5000);
    assert.deepEqual(steps(pacer, [5000, 5020]), [0, 1]);
    assert.equal(pacer.lostSteps, 0);
  });
});
