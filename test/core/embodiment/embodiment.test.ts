import assert from 'node:assert/strict';
import { gripperOpeningOf, gripperPositionOf } from '../../../core/embodiment/Embodiment.ts';
import { embodimentByName, EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { movableJoint } from '../../../core/kinematics/UrdfModel.ts';
import { distanceOutside } from '../../../core/control/moveTarget.ts';
import { widowxChain, widowxUrdf } from '../arm.ts';

describe('embodiments', () => {
  it('are found by name; others are refused with the list', () => {
    assert.equal(embodimentByName('widowx'), widowx);
    assert.throws(() => embodimentByName('so100'), /expected one of widowx, found "so100"/);
  });

  for (const { name, armJoints, homeJoints, limits } of EMBODIMENTS) {
    it(`${name} has a number for every joint`, () => {
      const lengths = [homeJoints, limits.velocity, limits.acceleration].map((list) => list.length);
      assert.deepEqual(lengths, armJoints.map(() => armJoints.length).slice(0, 3));
    });
  }

  it('widowx starts within its limits and its workspace', () => {
    widowx.armJoints.forEach((name, i) => {
      const { lower, upper } = movableJoint(widowxUrdf, name).limit;
      const q = widowx.homeJoints[i] as number;
      assert.ok(q > lower && q < upper, name);
    });
    const { position } = widowxChain().forward(widowx.homeJoints);
    assert.equal(distanceOutside(position, widowx.limits.workspace), 0);
  });

  it('widowx has a gripper with the stroke of its finger joint', () => {
    const { lower, upper } = movableJoint(widowxUrdf, widowx.gripper.joint).limit;
    assert.deepEqual([widowx.gripper.closed, widowx.gripper.open], [lower, upper]);
  });

  const openings: readonly [number, number][] = [
    [0, 0.015],
    [1, 0.037],
    [0.5, 0.026],
    [-3, 0.015],
    [7, 0.037],
  ];
  for (const [opening, position] of openings) {
    it(`gripper opening ${opening} is ${position} m`, () => {
      assert.ok(Math.abs(gripperPositionOf(widowx.gripper, opening) - position) < 1e-12);
      const back = gripperOpeningOf(widowx.gripper, position);
      assert.ok(Math.abs(back - Math.min(1, Math.max(0, opening))) < 1e-12);
    });
  }

  it('readings beyond the stroke are fully open or closed', () => {
    assert.equal(gripperOpeningOf(widowx.gripper, 0.05), 1);
    assert.equal(gripperOpeningOf(widowx.gripper, 0), 0);
  });
});
