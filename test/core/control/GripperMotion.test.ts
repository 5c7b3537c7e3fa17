import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GripperMotion } from '../../../core/control/GripperMotion.ts';
import { assertClose } from '../arm.ts';

const DT = 0.02;
const BOUNDS = { lower: -1, upper: 1, velocity: 3, acceleration: 30 };

describe('GripperMotion', () => {
  it('goes straight to a target without overshooting, and stays', () => {
    const place = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(place, place, fc.constantFrom(1, 0.3), (from, to, scale) => {
        const motion = new GripperMotion(BOUNDS, DT);
        motion.anchor(from);
        motion.velocityScale = scale;
        for (let i = 0; i < 160; i++) {
          const { position, velocity } = motion;
          motion.stepTo(to);
          assert.ok(Math.abs(motion.velocity) <= 3 * scale + 1e-12);
          assert.ok(Math.abs(motion.velocity - velocity) <= 30 * DT + 1e-12);
          const expected = position + ((velocity + motion.velocity) / 2) * DT;
          assertClose([motion.position], [expected], 1e-12);
          assert.ok((motion.position - to) * (from - to) >= -1e-12, `overshot ${to}`);
        }
        assertClose([motion.position, motion.velocity], [to, 0], 1e-9);
      }),
    );
  });

  it('brakes to rest in the fewest steps', () => {
    const motion = new GripperMotion(BOUNDS, DT);
    motion.anchor(-0.5);
    for (let i = 0; i < 5; i++) motion.stepTo(0.9);
    const steps = Math.ceil(motion.velocity / (30 * DT));
    for (let i = 0; i < steps; i++) {
      assert.notEqual(motion.velocity, 0);
      motion.brake();
    }
    assert.equal(motion.velocity, 0);
  });

  it('starts where the gripper is, also outside its stroke, and comes back within limits', () => {
    const motion = new GripperMotion(BOUNDS, DT);
    motion.anchor(1.05);
    assert.equal(motion.position, 1.05);
    motion.stepTo(2);
    assert.equal(motion.position, 1.05);
    let before = motion.position;
    for (let i = 0; i < 40; i++) {
      motion.stepTo(1);
      assert.ok(motion.position <= before + 1e-12 && before - motion.position <= 3 * DT + 1e-12);
      before = motion.position;
    }
    assertClose([motion.position, motion.velocity], [1, 0], 1e-9);
  });
});
