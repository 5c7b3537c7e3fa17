import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Embodiment } from '../../../core/embodiment/Embodiment.ts';
import { EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';
import { googleRobot } from '../../../core/embodiment/googleRobot.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { Chain } from '../../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../../core/kinematics/parseUrdf.ts';
import {
  quatAngleBetween,
  quatConjugate,
  quatMultiply,
  rotVecFromQuat,
} from '../../../core/math/quat.ts';
import type { Quat } from '../../../core/math/types.ts';
import { vec3Sub } from '../../../core/math/vec3.ts';
import {
  assertClose,
  chainOf,
  googleRobotUrdf,
  readRepositoryFile,
  widowxChain,
  widowxUrdf,
} from '../arm.ts';

type Golden = {
  readonly tip: string;
  readonly tolerance: number;
  readonly cases: readonly {
    readonly joints: readonly number[];
    readonly position: readonly number[];
    readonly orientation_xyzw: Quat;
    readonly jacobian_row_major: readonly number[];
  }[];
};

describe('Chain', () => {
  const chain = widowxChain();
  const joints = fc.tuple(
    ...chain.joints.map(({ limit }) =>
      fc.double({ min: limit.lower, max: limit.upper, noNaN: true }),
    ),
  );

  /** Position and orientation (xyzw) of the end effector in the base at the start of episodes. */
  const starts: readonly [Embodiment, readonly number[], readonly number[]][] = [
    [widowx, [0.292, -0.006, 0.135], [0.005, 0.727, -0.008, 0.687]],
    [googleRobot, [0.439, -0.218, 0.962], [-0.604, 0.78, -0.032, 0.16]],
  ];
  for (const [embodiment, expectedPosition, expectedOrientation] of starts) {
    it(`puts the end effector of ${embodiment.name} at home where the real arm has it`, () => {
      const { position, orientation } = chainOf(embodiment).forward(embodiment.homeJoints);
      assertClose(position, expectedPosition, 1e-3, 'position');
      assertClose(orientation, expectedOrientation, 1e-3, 'orientation');
    });
  }

  it("puts Google Robot's camera where the real one is", () => {
    const head = Chain.fromUrdf(googleRobotUrdf, googleRobot.baseLink, 'link_camera');
    const { position, orientation } = head.forward(Object.values(googleRobot.heldJoints));
    assertClose(position, [0.146, 0, 1.213], 1e-3, 'position');
    // from axes with x forward, z up to optical ones
    const forward = quatMultiply(orientation, quatConjugate([-0.5, 0.5, -0.5, 0.5]));
    assertClose(forward, [0.0005, 0.3826, -0.0013, 0.9239], 1e-3, 'orientation');
  });

  for (const embodiment of EMBODIMENTS) {
    it(`agrees with Pinocchio on poses and Jacobians of ${embodiment.name}`, () => {
      const arm = chainOf(embodiment);
      assert.deepEqual(arm.jointNames, embodiment.armJoints);
      const file = `test/core/golden/fk_${embodiment.urdfFile.replace('.urdf', '.json')}`;
      const golden = JSON.parse(readRepositoryFile(file)) as Golden;
      assert.equal(golden.tip, embodiment.eeLink);
      assert.ok(golden.cases.length >= 40);
      const evaluation = arm.newEvaluation();
      for (const expected of golden.cases) {
        const { position, orientation } = arm.forward(expected.joints);
        assertClose(position, expected.position, golden.tolerance, 'position');
        const angle = quatAngleBetween(orientation, expected.orientation_xyzw);
        assert.ok(angle <= golden.tolerance, `orientation off by ${angle} rad`);
        arm.evaluate(expected.joints, evaluation);
        const { jacobian } = evaluation;
        assertClose(jacobian, expected.jacobian_row_major, golden.tolerance, 'Jacobian');
      }
    });
  }

  it('has a Jacobian that is the derivative of its pose', () => {
    const h = 1e-6;
    const evaluation = chain.newEvaluation();
    fc.assert(
      fc.property(joints, fc.nat(chain.size - 1), (q, k) => {
        const step = (by: number): number[] => q.map((x, i) => (i === k ? x + by : x));
        const [before, after] = [chain.forward(step(-h)), chain.forward(step(h))];
        const turn = quatMultiply(after.orientation, quatConjugate(before.orientation));
        const motion = [...vec3Sub(after.position, before.position), ...rotVecFromQuat(turn)].map(
          (x) => x / (2 * h),
        );
        chain.evaluate(q, evaluation);
        const column = [0, 1, 2, 3, 4, 5].map((row) => evaluation.jacobian[row * chain.size + k]);
        assertClose(column as number[], motion, 1e-6);
      }),
    );
  });

  it('slides along the axis of a prismatic joint', () => {
    const finger = Chain.fromUrdf(widowxUrdf, 'fingers_link', 'left_finger_link');
    assertClose(finger.forward([0.02]).position, [0, 0.02, 0], 1e-12);
    const evaluation = finger.newEvaluation();
    finger.evaluate([0.02], evaluation);
    assertClose(evaluation.jacobian, [0, 1, 0, 0, 0, 0], 1e-12);
  });

  const refused: readonly [string, () => unknown, RegExp][] = [
    ['an unknown link', () => Chain.fromUrdf(widowxUrdf, 'base_link', 'hand'), /no link "hand"/],
    ['a tip above the base', () => Chain.fromUrdf(widowxUrdf, 'wrist_link', 'base_link'), /below/],
    [
      'a mimic joint',
      () => Chain.fromUrdf(widowxUrdf, 'base_link', 'right_finger_link'),
      /"right_finger" mimics/,
    ],
    ['too few joint positions', () => chain.forward([0, 0]), /expected 6 joint positions, found 2/],
  ];
  for (const [what, act, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(act, message));
  }

  it('is empty between a link and itself', () => {
    const none = Chain.fromUrdf(parseUrdf('<robot name="r"><link name="a"/></robot>'), 'a', 'a');
    assert.deepEqual(none.forward([]), { position: [0, 0, 0], orientation: [0, 0, 0, 1] });
  });
});
