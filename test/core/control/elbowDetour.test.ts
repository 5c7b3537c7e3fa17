import assert from 'node:assert/strict';
import { armBounds } from '../../../core/control/armBounds.ts';
import { ElbowDetour } from '../../../core/control/ElbowDetour.ts';
import type { LimitName } from '../../../core/control/LimitName.ts';
import { collisionModelOf, MotionGuard } from '../../../core/control/MotionGuard.ts';
import { TargetPlanner } from '../../../core/control/TargetPlanner.ts';
import { googleRobot } from '../../../core/embodiment/googleRobot.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { quatAngleBetween } from '../../../core/math/quat.ts';
import { vec3Distance } from '../../../core/math/vec3.ts';
import { assertClose, chainOf, googleRobotUrdf, widowxChain, widowxUrdf } from '../arm.ts';

const chain = chainOf(googleRobot);
const model = collisionModelOf(googleRobot, googleRobotUrdf, chain);
/** On the way down to a drawer that has come near: the upper arm is 1 cm from the neck. */
const BY_THE_NECK = Float64Array.of(-0.66, -0.04, 1.21, 2.52, -1.7, 0.39, 0.47);

describe('ElbowDetour', () => {
  const guard = new MotionGuard(googleRobot, model);
  const rooms = (joints: ArrayLike<number>): number[] =>
    model.pairNames.map((_, i) => guard.clearanceAt(joints, i));
  const nearest = rooms(BY_THE_NECK).reduce((k, room, i, all) => (room < all[k]! ? i : k), 0);

  it('makes the room that is asked for, the gripper where it was', () => {
    const joints = BY_THE_NECK.slice();
    const before = chain.forward(joints);
    const room = guard.clearanceAt(joints, nearest);
    const detour = new ElbowDetour(chain, guard);
    assert.ok(detour.gainClearance(joints, nearest, room + 0.001));
    assertClose([guard.clearanceAt(joints, nearest) - room], [0.001], 2e-4);
    const after = chain.forward(joints);
    assert.ok(vec3Distance(before.position, after.position) < 3e-4);
    assert.ok(quatAngleBetween(before.orientation, after.orientation) < 1e-3);
  });

  it('changes nothing where no joint is to spare', () => {
    const six = widowxChain();
    const itsGuard = new MotionGuard(widowx, collisionModelOf(widowx, widowxUrdf, six));
    const joints = Float64Array.from(widowx.homeJoints);
    assert.equal(new ElbowDetour(six, itsGuard).gainClearance(joints, 0, 0.1), false);
    assertClose(joints, widowx.homeJoints, 0);
  });
});

describe('TargetPlanner with an elbow', () => {
  it('takes whole steps down past the neck, and never comes closer than it may', () => {
    const bounds = armBounds(googleRobot, googleRobotUrdf);
    const planner = new TargetPlanner(googleRobot, chain, model, bounds);
    planner.anchor(Float64Array.from(googleRobot.homeJoints));
    const [x, y, z] = planner.baseFromEe.position;
    const met = new Set<LimitName>();
    for (let tick = 0; tick < 6; tick++) {
      const turn = tick < 4 ? [-0.05, -0.13, 0.05] : [0, 0, 0];
      const action = [-0.009, 0, -0.038, ...turn, 0];
      for (const limit of planner.advance(planner.baseFromEe, action)) met.add(limit);
      model.evaluate(planner.joints);
      const closest = Math.min(...model.distances);
      assert.ok(closest >= googleRobot.limits.clearance.selfM, `tick ${tick}: ${closest} m`);
    }
    assert.deepEqual([...met], []);
    assertClose(planner.baseFromEe.position, [x - 0.054, y, z - 0.228], 1e-6);
  });
});
