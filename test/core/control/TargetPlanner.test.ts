import assert from 'node:assert/strict';
import { armBounds } from '../../../core/control/armBounds.ts';
import { collisionModelOf } from '../../../core/control/MotionGuard.ts';
import { distanceOutside } from '../../../core/control/moveTarget.ts';
import { TargetPlanner } from '../../../core/control/TargetPlanner.ts';
import type { LimitName } from '../../../core/control/LimitName.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import type { Embodiment } from '../../../core/embodiment/Embodiment.ts';
import { Random } from '../../../core/math/random.ts';
import { quatAngleBetween } from '../../../core/math/quat.ts';
import { assertClose, widowxChain, widowxUrdf } from '../arm.ts';

const chain = widowxChain();
const model = collisionModelOf(widowx, widowxUrdf, chain);
const FORWARD = [0.04, 0, 0, 0, 0, 0, 1];

/** The WidowX in a box that reaches farther than the arm. */
const roomy: Embodiment = {
  ...widowx,
  limits: { ...widowx.limits, workspace: { min: [-2, -2, -2], max: [2, 2, 2] } },
};

function plannerAtHome(embodiment: Embodiment = widowx): TargetPlanner {
  const planner = new TargetPlanner(embodiment, chain, model, armBounds(embodiment, widowxUrdf));
  planner.anchor(Float64Array.from(widowx.homeJoints));
  return planner;
}

function push(planner: TargetPlanner, values: readonly number[], times: number): Set<LimitName> {
  const met = new Set<LimitName>();
  for (let i = 0; i < times; i++) {
    for (const limit of planner.advance(planner.baseFromEe, values)) met.add(limit);
  }
  return met;
}

describe('TargetPlanner', () => {
  it('moves the joints with the target', () => {
    const planner = plannerAtHome();
    const before = planner.baseFromEe.position;
    assert.equal(push(planner, FORWARD, 2).size, 0);
    const { position } = planner.baseFromEe;
    assertClose(position, [before[0] + 0.08, before[1], before[2]], 1e-9);
    assertClose(chain.forward(planner.joints).position, position, 1e-5);
  });

  it('comes back from the end of its reach the way it went', () => {
    for (const direction of [0, 1, 2]) {
      for (const sign of [-1, 1]) {
        const out = [0, 0, 0, 0, 0, 0, 1].with(direction, 0.04 * sign);
        const back = [0, 0, 0, 0, 0, 0, 1].with(direction, -0.02 * sign);
        const planner = plannerAtHome(roomy);
        const met = push(planner, out, 40);
        assert.ok(met.size > 0);
        const { position, orientation } = planner.baseFromEe;
        assert.ok(
          quatAngleBetween(orientation, chain.forward(widowx.homeJoints).orientation) < 1e-6,
        );
        push(planner, back, 1);
        const returned = Math.abs(planner.baseFromEe.position[direction]! - position[direction]!);
        assertClose([returned], [0.02], 1e-6, `along axis ${direction}, sign ${sign}`);
      }
    }
  });

  it('goes as far as it can along a step that leads out of reach', () => {
    const planner = plannerAtHome(roomy);
    push(planner, FORWARD, 40);
    const stretched = planner.baseFromEe.position[0];
    push(planner, [0.005, 0, 0, 0, 0, 0, 1], 1);
    assert.ok(planner.baseFromEe.position[0] - stretched < 0.005 + 1e-9);
    assert.ok(planner.joints[2]! >= widowx.limits.position['elbow']!.lower);
  });

  it('stays in the workspace while it is pushed into every corner', () => {
    const { workspace } = widowx.limits;
    for (const x of [-0.04, 0.04]) {
      for (const y of [-0.04, 0.04]) {
        for (const z of [-0.04, 0.04]) {
          const planner = plannerAtHome();
          const met = push(planner, [x, y, z, 0, 0, 0.02, 1], 30);
          assert.ok(met.size > 0);
          const outside = distanceOutside(planner.baseFromEe.position, workspace);
          assert.ok(outside < 1e-9, `${outside} m outside at ${[x, y, z].join(', ')}`);
        }
      }
    }
  });

  it('goes on where it cannot turn any further', () => {
    const planner = plannerAtHome();
    push(planner, [0, 0, 0, 0, 0, 0.4, 1], 10);
    const before = planner.baseFromEe;
    const met = push(planner, [0, 0, 0.02, 0, 0, 0.4, 1], 1);
    assert.deepEqual([...met], ['joint_position']);
    assertClose([planner.baseFromEe.position[2] - before.position[2]], [0.02], 1e-9);
    assert.equal(planner.baseFromEe.orientation, before.orientation);
  });

  it('takes the part of a step that the joints can do in a tick', () => {
    const velocity = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
    const slow = { ...widowx, limits: { ...widowx.limits, velocity } };
    const planner = plannerAtHome(slow);
    const before = planner.baseFromEe.position[0];
    assert.deepEqual([...push(planner, FORWARD, 1)], ['joint_velocity']);
    const travel = planner.joints.map((q, i) => Math.abs(q - widowx.homeJoints[i]!));
    assert.ok(Math.max(...travel) <= 0.5 * widowx.tickSec);
    assertClose([planner.baseFromEe.position[0] - before], [0.02], 1e-9);
  });

  it('never changes the branch of its solutions, wherever it is led', () => {
    const random = new Random('branches');
    const planner = plannerAtHome(roomy);
    const evaluation = chain.newEvaluation();
    const side = (): number => {
      chain.evaluate(planner.joints, evaluation);
      return Math.sign(determinant(evaluation.jacobian, 6));
    };
    const atHome = side();
    let moved = 0;
    for (let k = 0; k < 3000; k++) {
      const before = planner.joints.slice();
      const step = [0.03, 0.03, 0.03, 0.2, 0.2, 0.2].map((size) => size * random.normal());
      push(planner, [...step, 1], 1);
      assert.equal(side(), atHome, `step ${k}`);
      const way = Math.max(...before.map((q, i) => Math.abs(q - planner.joints[i]!)));
      if (way > 0) moved += 1;
      assert.ok(way <= 3.14 * widowx.tickSec);
    }
    assert.ok(moved > 1000, `${moved}`);
  });

  it('foresees without moving the target', () => {
    const planner = plannerAtHome();
    const { position } = planner.baseFromEe;
    const foreseen = planner.lookAhead(FORWARD);
    assertClose(
      chain.forward(foreseen!).position,
      [position[0] + 0.04, ...position.slice(1)],
      1e-5,
    );
    assertClose(planner.joints, widowx.homeJoints, 0);
    assert.equal(planner.baseFromEe.position, position);
  });
});

/** By elimination, with the largest pivot of each column. */
function determinant(matrix: ArrayLike<number>, n: number): number {
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, k) => matrix[i * n + k]!),
  );
  let product = 1;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column; i < n; i++) {
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    }
    if (pivot !== column) product = -product;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    product *= rows[column]![column]!;
    for (let i = column + 1; i < n; i++) {
      const factor = rows[i]![column]! / rows[column]![column]!;
      for (let k = column; k < n; k++) rows[i]![k]! -= factor * rows[column]![k]!;
    }
  }
  return product;
}
