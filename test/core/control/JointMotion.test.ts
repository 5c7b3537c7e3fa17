import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JointMotion } from '../../../core/control/JointMotion.ts';
import { assertClose } from '../arm.ts';

const DT = 0.02;
const BOUNDS = { lower: [-1], upper: [1], velocity: [3], acceleration: [30] };

/** Position and velocity after a step. */
type Sample = { readonly q: number; readonly v: number };

function sampleOf(motion: JointMotion): Sample {
  return { q: motion.positions[0] as number, v: motion.velocities[0] as number };
}

function assertLawful(before: Sample, after: Sample): void {
  const [limit] = BOUNDS.acceleration as [number];
  assert.ok(after.q >= -1 && after.q <= 1, `position ${after.q}`);
  assert.ok(Math.abs(after.v) <= 3 + 1e-12, `velocity ${after.v}`);
  assert.ok(Math.abs(after.v - before.v) <= limit * DT + 1e-12, `from ${before.v} to ${after.v}`);
  const expected = before.q + ((before.v + after.v) / 2) * DT;
  assert.ok(Math.abs(after.q - expected) < 1e-12, `jump to ${after.q} instead of ${expected}`);
}

describe('JointMotion', () => {
  it('arrives at the target, at the end velocity, in the step that was asked for', () => {
    const ways: readonly [number, number][] = [
      [0.2, 0],
      [-0.2, 0],
      [0.2, 1],
      [0.1, -0.2],
      [0, 0],
    ];
    for (const [target, endVelocity] of ways) {
      const motion = new JointMotion(BOUNDS, DT);
      motion.anchor([0]);
      for (let left = 10; left >= 1; left--) {
        motion.stepTowards([target], [endVelocity], left);
        assert.deepEqual(motion.limited, { position: false, velocity: false, acceleration: false });
      }
      assertClose([...motion.positions, ...motion.velocities], [target, endVelocity], 1e-12);
    }
  });

  it('passes a seam at speed without a jump', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([0]);
    let before = sampleOf(motion);
    for (const [target, endVelocity] of [
      [0.2, 1],
      [0.4, 1],
      [0.5, 0],
    ] as const) {
      for (let left = 10; left >= 1; left--) {
        motion.stepTowards([target], [endVelocity], left);
        assertLawful(before, sampleOf(motion));
        before = sampleOf(motion);
      }
      assertClose([before.q, before.v], [target, endVelocity], 1e-9);
    }
  });

  it('says which limit it met', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([0]);
    motion.stepTowards([0.9], [0], 10);
    assert.equal(motion.limited.acceleration, true);
    for (let left = 9; left >= 6; left--) motion.stepTowards([0.9], [0], left);
    assert.equal(motion.limited.velocity, true);
    motion.anchor([0.99]);
    motion.stepTowards([0.99], [3], 1);
    assert.equal(motion.limited.position, true);
  });

  it('catches up with a target that was too far for one tick, in the next', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([0]);
    for (let tick = 0; tick < 3; tick++) {
      for (let left = 10; left >= 1; left--) motion.stepTowards([0.45], [0], left);
    }
    assertClose([...motion.positions, ...motion.velocities], [0.45, 0], 1e-9);
  });

  it('goes straight to a target without overshooting, and stays', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (from, to) => {
          const motion = new JointMotion(BOUNDS, DT);
          motion.anchor([from]);
          let before = sampleOf(motion);
          for (let i = 0; i < 60; i++) {
            motion.stepStraightTo([to]);
            const after = sampleOf(motion);
            assertLawful(before, after);
            assert.ok((after.q - to) * (from - to) >= -1e-12, `overshot ${to} to ${after.q}`);
            before = after;
          }
          assertClose([before.q, before.v], [to, 0], 1e-9);
        },
      ),
    );
  });

  it('brakes to rest in the fewest steps', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([-0.5]);
    for (let left = 10; left >= 6; left--) motion.stepTowards([0], [0], left);
    const steps = Math.ceil(sampleOf(motion).v / (30 * DT));
    for (let i = 0; i < steps; i++) {
      assert.equal(motion.atRest, false);
      motion.brake();
    }
    assert.equal(motion.atRest, true);
  });

  it('starts within its limits even where the arm does not', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([1.05]);
    assert.equal(motion.positions[0], 1);
  });

  it('never leaves its limits, whatever it is asked for', () => {
    const request = fc.record({
      target: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      near: fc.double({ min: -1.2, max: 1.2, noNaN: true }),
      wild: fc.boolean(),
      endVelocity: fc.double({ min: -10, max: 10, noNaN: true }),
      stepsLeft: fc.integer({ min: 1, max: 10 }),
      kind: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 80 }), (requests) => {
        const motion = new JointMotion(BOUNDS, DT);
        motion.anchor([0]);
        let before = sampleOf(motion);
        for (const { target, near, wild, endVelocity, stepsLeft, kind } of requests) {
          if (kind === 0) motion.brake();
          else if (kind === 1) motion.stepStraightTo([near]);
          else motion.stepTowards([wild ? target : near], [endVelocity], stepsLeft);
          assertLawful(before, sampleOf(motion));
          before = sampleOf(motion);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
