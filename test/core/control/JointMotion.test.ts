import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JointMotion } from '../../../core/control/JointMotion.ts';
import { assertClose } from '../arm.ts';

const DT = 0.02;
const BOUNDS = { lower: [-1], upper: [1], velocity: [3], acceleration: [30], jerk: [1500] };
const UNLIMITED = { position: false, velocity: false, acceleration: false, jerk: false };

/** Position, velocity and acceleration after a step. */
type Sample = { readonly q: number; readonly v: number; readonly a: number };

function sampleOf({ positions, velocities, accelerations }: JointMotion): Sample {
  return { q: positions[0]!, v: velocities[0]!, a: accelerations[0]! };
}

function assertLawful(before: Sample, after: Sample, bounds = BOUNDS): void {
  const change = Math.abs(after.a - before.a);
  assert.ok(after.q >= -1 && after.q <= 1, `position ${after.q}`);
  assert.ok(Math.abs(after.v) <= 3 + 1e-12, `velocity ${after.v}`);
  assert.ok(Math.abs(after.a) <= 30 + 1e-9, `acceleration ${after.a}`);
  assert.ok(change <= bounds.jerk[0]! * DT + 1e-9, `acceleration ${before.a} to ${after.a}`);
  const v = before.v + ((before.a + after.a) / 2) * DT;
  const q = before.q + before.v * DT + ((2 * before.a + after.a) / 6) * DT * DT;
  assertClose([after.q, after.v], [q, v], 1e-11, 'position and velocity');
}

describe('JointMotion', () => {
  it('arrives at the target, at the end velocity, in the step that was asked for', () => {
    const ways: readonly [number, number][] = [
      [0.18, 0],
      [-0.18, 0],
      [0.18, 1],
      [0.1, -0.2],
      [0, 0],
    ];
    for (const [target, endVelocity] of ways) {
      const motion = new JointMotion(BOUNDS, DT);
      motion.anchor([0]);
      for (let left = 10; left >= 1; left--) {
        assert.deepEqual(motion.stepTowards([target], [endVelocity], left), UNLIMITED);
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
    assert.equal(motion.stepTowards([0.9], [0], 10).acceleration, true);
    let isFast = false;
    for (let left = 9; left >= 1; left--) {
      const { velocity } = motion.stepTowards([0.9], [0], left);
      isFast ||= velocity;
    }
    assert.equal(isFast, true);
    motion.anchor([0.99]);
    let isAtEnd = false;
    for (let left = 10; left >= 1; left--) {
      const { position } = motion.stepTowards([1.2], [0], left);
      isAtEnd ||= position;
    }
    assert.equal(isAtEnd, true);
  });

  it('catches up with a target that was too far for one tick, in the next', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([0]);
    for (let tick = 0; tick < 3; tick++) {
      for (let left = 10; left >= 1; left--) motion.stepTowards([0.45], [0], left);
    }
    assertClose([...motion.positions, ...motion.velocities], [0.45, 0], 1e-9);
  });

  it('brakes without turning round, its acceleration fading in and out', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([-0.5]);
    for (let left = 10; left >= 5; left--) motion.stepTowards([0], [0], left);
    let before = sampleOf(motion);
    let ahead = 0;
    const endless = motion.firstWhileBraking(() => (++ahead < 100 ? undefined : 'endless'));
    assert.equal(endless, undefined);
    for (let i = 0; i <= ahead; i++) {
      motion.brake();
      const after = sampleOf(motion);
      assertLawful(before, after);
      assert.ok(after.v >= 0);
      before = after;
    }
    assert.equal(motion.atRest, true);
    assert.ok(ahead > 5 && ahead < 15, `${ahead} steps`);
  });

  it('foresees where braking leads', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([-0.5]);
    for (let left = 10; left >= 5; left--) motion.stepTowards([0], [0], left);
    const foreseen: number[] = [];
    motion.firstWhileBraking((q) => void foreseen.push(q[0]!));
    const found = foreseen.map(() => {
      motion.brake();
      return motion.positions[0]!;
    });
    assert.deepEqual(found, foreseen);
    const verdict = motion.firstWhileBraking(() => 'moving');
    assert.equal(verdict, undefined, 'nothing to brake');
  });

  it('moves smoothly to a target that is many periods away', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([0]);
    for (let left = 400; left >= 1; left--) {
      assert.deepEqual(motion.stepTowards([0.4], [0], left), UNLIMITED);
      if (left === 201) assertClose(motion.positions, [0.2], 1e-9, 'half of the motion');
    }
    assertClose([...motion.positions, ...motion.velocities], [0.4, 0], 1e-9);
  });

  it('takes a step back', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([-0.5]);
    for (let left = 10; left >= 5; left--) motion.stepTowards([0], [0], left);
    const before = sampleOf(motion);
    motion.save();
    motion.stepTowards([0.3], [0], 3);
    motion.restore();
    assert.deepEqual(sampleOf(motion), before);
  });

  it('slows down to a part of its speed, and keeps to it', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([-0.9]);
    for (let left = 10; left >= 5; left--) motion.stepTowards([0], [0], left);
    motion.velocityScale = 0.2;
    let before = sampleOf(motion);
    let wasLimited = false;
    for (let left = 100; left >= 1; left--) {
      const { velocity } = motion.stepTowards([0.9], [0], Math.ceil(left / 10));
      assertLawful(before, sampleOf(motion));
      before = sampleOf(motion);
      wasLimited ||= velocity;
      if (left < 90) assert.ok(before.v <= 0.6 + 1e-12, `${before.v}`);
    }
    assert.equal(wasLimited, true);
  });

  it('passes seams without going back, at speeds up to twice the mean', () => {
    const speed = fc.double({ min: 0, max: 2, noNaN: true });
    const smooth = { ...BOUNDS, acceleration: [1e3], jerk: [1e6], velocity: [1e3] };
    fc.assert(
      fc.property(speed, speed, (first, last) => {
        const motion = new JointMotion(smooth, DT);
        motion.anchor([-0.5]);
        // a tick that ends at the first speed, without acceleration
        for (let left = 10; left >= 1; left--) motion.stepTowards([-0.4], [first * 0.5], left);
        let { q } = sampleOf(motion);
        for (let left = 10; left >= 1; left--) {
          motion.stepTowards([-0.3], [last * 0.5], left);
          assert.ok(sampleOf(motion).q >= q - 1e-9, `back from ${q} to ${sampleOf(motion).q}`);
          q = sampleOf(motion).q;
        }
        assertClose([q], [-0.3], 1e-9);
      }),
    );
  });

  it('starts where the arm is, also outside its limits, and comes back lawfully', () => {
    const motion = new JointMotion(BOUNDS, DT);
    motion.anchor([1.05]);
    motion.brake();
    assert.equal(motion.positions[0], 1.05);
    let before = sampleOf(motion);
    for (let i = 0; i < 100; i++) {
      motion.stepTowards([0.9], [0], Math.max(1, 50 - i));
      const { q, v, a } = sampleOf(motion);
      assert.ok(q <= before.q + 1e-12, 'never further outside');
      assert.ok(Math.abs(v) <= 3 && Math.abs(a) <= 30 + 1e-9, `${v}, ${a}`);
      assertClose([q], [before.q + before.v * DT + ((2 * before.a + a) / 6) * DT * DT], 1e-11);
      before = { q, v, a };
    }
    assertClose([before.q, before.v], [0.9, 0], 1e-6);
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
    const bounds = fc.constantFrom(BOUNDS, { ...BOUNDS, jerk: [1e5] }, { ...BOUNDS, jerk: [100] });
    fc.assert(
      fc.property(bounds, fc.array(request, { minLength: 1, maxLength: 80 }), (law, requests) => {
        const motion = new JointMotion(law, DT);
        motion.anchor([0]);
        let before = sampleOf(motion);
        for (const { target, near, wild, endVelocity, stepsLeft, kind } of requests) {
          if (kind === 0) motion.brake();
          else motion.stepTowards([wild ? target : near], [endVelocity], stepsLeft);
          assertLawful(before, sampleOf(motion), law);
          before = sampleOf(motion);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
