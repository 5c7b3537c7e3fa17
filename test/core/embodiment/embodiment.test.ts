import assert from 'node:assert/strict';
import type { Embodiment } from '../../../core/embodiment/Embodiment.ts';
import { gripperOpeningOf, gripperPositionOf } from '../../../core/embodiment/Embodiment.ts';
import { embodimentByName, EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';
import { googleRobot } from '../../../core/embodiment/googleRobot.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { movableJoint } from '../../../core/kinematics/UrdfModel.ts';
import { distanceOutside } from '../../../core/control/moveTarget.ts';
import { chainOf, urdfOf } from '../arm.ts';

describe('embodiments', () => {
  it('are found by name; others are refused with the list', () => {
    assert.equal(embodimentByName('widowx'), widowx);
    assert.equal(embodimentByName('google_robot'), googleRobot);
    assert.throws(
      () => embodimentByName('so100'),
      /expected one of widowx, google_robot, found "so100"/,
    );
  });

  for (const embodiment of EMBODIMENTS) {
    const { name, armJoints, fingerJoints, gripper, heldJoints, homeJoints, limits } = embodiment;
    const urdf = urdfOf(embodiment);

    it(`${name} has a number for every joint`, () => {
      const lengths = [homeJoints, limits.velocity, limits.acceleration].map((list) => list.length);
      assert.deepEqual(lengths, armJoints.map(() => armJoints.length).slice(0, 3));
    });

    it(`${name} starts within its limits and its workspace`, () => {
      const starts = [
        ...armJoints.map((joint, i) => [joint, homeJoints[i] as number] as const),
        ...Object.entries(heldJoints),
      ];
      for (const [joint, q] of starts) {
        const { lower, upper } = movableJoint(urdf, joint).limit;
        assert.ok(q > lower && q < upper, joint);
      }
      const { position } = chainOf(embodiment).forward(homeJoints);
      assert.equal(distanceOutside(position, limits.workspace), 0);
    });

    it(`${name} has a gripper with the stroke of its finger joint`, () => {
      const { lower, upper } = movableJoint(urdf, gripper.joint).limit;
      const stroke = [gripper.closed, gripper.open].toSorted((a, b) => a - b);
      assert.deepEqual(stroke, [lower, upper]);
    });

    it(`${name} names every joint of its URDF that moves`, () => {
      const movable = [...urdf.joints.values()].filter(({ type }) => type !== 'fixed');
      assert.deepEqual(
        movable.map((joint) => joint.name),
        [...armJoints, ...fingerJoints, ...Object.keys(heldJoints)],
      );
    });
  }

  const openings: readonly [Embodiment, number, number][] = [
    [widowx, 0, 0.015],
    [widowx, 1, 0.037],
    [widowx, 0.5, 0.026],
    [widowx, -3, 0.015],
    [widowx, 7, 0.037],
    [googleRobot, 0, 1.3],
    [googleRobot, 1, 0],
    [googleRobot, 0.25, 0.975],
    [googleRobot, 7, 0],
  ];
  for (const [{ name, gripper }, opening, position] of openings) {
    it(`gripper opening ${opening} of ${name} is joint position ${position}`, () => {
      assert.ok(Math.abs(gripperPositionOf(gripper, opening) - position) < 1e-12);
      const back = gripperOpeningOf(gripper, position);
      assert.ok(Math.abs(back - Math.min(1, Math.max(0, opening))) < 1e-12);
    });
  }

  it('readings beyond the stroke are fully open or closed', () => {
    assert.equal(gripperOpeningOf(widowx.gripper, 0.05), 1);
    assert.equal(gripperOpeningOf(widowx.gripper, 0), 0);
  });
});
