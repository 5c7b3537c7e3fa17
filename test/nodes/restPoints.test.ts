import assert from 'node:assert/strict';
import fc from 'fast-check';
import { restPoints } from '../../nodes/controller/sinks/restPoints.ts';

const PERIOD_SEC = 0.02;
const ACCELERATIONS = [40, 60];

describe('restPoints', () => {
  it('has none for a motion that is at rest', () => {
    const still = { positions: Float64Array.of(1, 2), velocities: new Float64Array(2) };
    assert.deepEqual(restPoints(still, ACCELERATIONS, PERIOD_SEC), []);
  });

  it('brakes each joint by its own limit', () => {
    const from = { positions: Float64Array.of(0, 1), velocities: Float64Array.of(1, -0.9) };
    const points = restPoints(from, ACCELERATIONS, PERIOD_SEC);
    assert.deepEqual(
      points.map(({ velocities }) => [...velocities].map((v) => Math.round(v * 1e6) / 1e6 + 0)),
      [
        [0.2, 0],
        [0, 0],
      ],
    );
    assert.ok(Math.abs(points[1]!.positions[0]! - (0.012 + 0.002)) < 1e-12);
    assert.ok(Math.abs(points[1]!.positions[1]! - (1 - 0.009)) < 1e-12);
  });

  it('ends at rest, within the limits, no farther than needed', () => {
    const joint = fc.double({ min: -3.14, max: 3.14, noNaN: true });
    fc.assert(
      fc.property(joint, joint, (v0, v1) => {
        const from = { positions: new Float64Array(2), velocities: Float64Array.of(v0, v1) };
        const points = [from, ...restPoints(from, ACCELERATIONS, PERIOD_SEC)];
        assert.ok(points.at(-1)!.velocities.every((v) => v === 0));
        ACCELERATIONS.forEach((limit, i) => {
          for (let k = 1; k < points.length; k++) {
            const change = points[k]!.velocities[i]! - points[k - 1]!.velocities[i]!;
            assert.ok(Math.abs(change) <= limit * PERIOD_SEC + 1e-12);
          }
          const way = Math.abs(points.at(-1)!.positions[i]!);
          const v = Math.abs(from.velocities[i]!);
          // The last period may not be needed whole.
          assert.ok(way <= v ** 2 / (2 * limit) + (limit * PERIOD_SEC ** 2) / 8 + 1e-12);
        });
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});
