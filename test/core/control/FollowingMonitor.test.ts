import assert from 'node:assert/strict';
import { FollowingMonitor } from '../../../core/control/FollowingMonitor.ts';

const PERIOD_SEC = 0.02;
const LIMITS = { toleranceRad: [0.11], delaySec: 0.2, timeSec: 0.1 };

function monitor(changes: Partial<typeof LIMITS> = {}): FollowingMonitor {
  return new FollowingMonitor(['waist', 'elbow'], { ...LIMITS, ...changes }, PERIOD_SEC);
}

/** The first period in which a monitor complains, and what it says; commands and states by period. */
function firstFault(
  watching: FollowingMonitor,
  periods: number,
  commanded: (k: number) => readonly number[],
  measured: (k: number) => readonly number[],
): [number, string] | undefined {
  for (let k = 0; k < periods; k++) {
    const fault = watching.check(Float64Array.from(commanded(k)), Float64Array.from(measured(k)));
    if (fault !== undefined) return [k, fault];
  }
  return undefined;
}

describe('FollowingMonitor', () => {
  /** Waist at 1 rad/s. */
  const ramp = (k: number) => [k * PERIOD_SEC, 0];

  it('is content with an arm that is late, but not later than the delay', () => {
    const lateBy = (periods: number) => (k: number) => ramp(Math.max(0, k - periods));
    assert.equal(firstFault(monitor(), 200, ramp, lateBy(10)), undefined);
    // 10 periods, and 5 for the tolerance of 0.11 rad
    assert.equal(firstFault(monitor(), 200, ramp, lateBy(15)), undefined);
    assert.ok(firstFault(monitor(), 200, ramp, lateBy(16)));
  });

  it('finds an arm that stopped moving after tolerance, delay and time', () => {
    const stuck = (k: number) => ramp(Math.min(k, 50));
    const [period, fault] = firstFault(monitor(), 200, ramp, stuck)!;
    // behind by more than 0.11 rad (6 periods) and 0.2 s (10) since period 50; then for 5 more
    assert.equal(period, 50 + 6 + 10 + 5);
    assert.match(fault, /^following error: waist is 0\.220 rad from its command for 0\.12 s$/);
  });

  it('finds an arm that sinks while it is told to stand', () => {
    const sinking = (k: number) => [0, -0.01 * k];
    const [period, fault] = firstFault(monitor(), 100, () => [0, 0], sinking)!;
    assert.deepEqual([period, fault.split(' ')[2]], [12 + 5, 'elbow']);
  });

  it('has patience with a joint that comes back in time', () => {
    const bumped = (k: number) => [k % 10 < 5 ? 0.3 : 0, 0];
    assert.equal(
      firstFault(monitor(), 100, () => [0, 0], bumped),
      undefined,
    );
    assert.ok(firstFault(monitor({ timeSec: 0.08 }), 100, () => [0, 0], bumped));
  });

  it('has a tolerance for each joint', () => {
    const tolerant = monitor({ toleranceRad: [0.1, 1] });
    assert.equal(
      firstFault(
        tolerant,
        100,
        () => [0, 0],
        () => [0, 0.9],
      ),
      undefined,
    );
    assert.ok(
      firstFault(
        tolerant,
        100,
        () => [0, 0],
        () => [0.2, 0.9],
      ),
    );
  });

  it('forgets at a restart', () => {
    const watching = monitor();
    const far = () => [1, 0];
    assert.equal(
      firstFault(watching, 5, () => [0, 0], far),
      undefined,
    );
    watching.restart();
    assert.equal(
      firstFault(watching, 5, () => [0, 0], far),
      undefined,
    );
    watching.restart();
    assert.equal(firstFault(watching, 50, far, far), undefined);
  });

  it('refuses tolerances that do not go with the joints', () => {
    assert.throws(
      () => monitor({ toleranceRad: [1, 2, 3] }),
      /toleranceRad: expected 1 or 2 \(waist, elbow\), found 3/,
    );
  });
});
