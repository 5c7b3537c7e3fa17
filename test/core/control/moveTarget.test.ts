import assert from 'node:assert/strict';
import fc from 'fast-check';
import { distanceOutside, moveTarget } from '../../../core/control/moveTarget.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { quatAngleBetween, quatFromRotVec, quatMultiply } from '../../../core/math/quat.ts';
import type { Pose } from '../../../core/math/types.ts';
import { vec3Distance } from '../../../core/math/vec3.ts';
import { assertClose } from '../arm.ts';

describe('moveTarget', () => {
  const limits = widowx.limits;
  const from: Pose = { position: [0.3, 0, 0.15], orientation: quatFromRotVec([0, 1.5, 0]) };

  it('turns about the base axes and the end effector', () => {
    const { baseFromEe } = moveTarget(from, [0.01, -0.02, 0.03, 0, 0, 0.2, 1], limits);
    assertClose(baseFromEe.position, [0.31, -0.02, 0.18], 1e-12);
    const expected = quatMultiply(quatFromRotVec([0, 0, 0.2]), from.orientation);
    assertClose(baseFromEe.orientation, expected, 1e-12);
  });

  it('does nothing for an action of zeros', () => {
    const moved = moveTarget(from, [0, 0, 0, 0, 0, 0, 0], limits);
    assert.deepEqual([moved.stepLimited, moved.workspaceLimited], [false, false]);
    assertClose(moved.baseFromEe.position, from.position, 0);
  });

  it('stops at the workspace box', () => {
    const high: Pose = { ...from, position: [0.3, 0, 0.34] };
    const moved = moveTarget(high, [0.01, 0, 0.03, 0, 0, 0, 1], limits);
    assertClose(moved.baseFromEe.position, [0.31, 0, limits.workspace.max[2]], 1e-12);
    assert.deepEqual([moved.stepLimited, moved.workspaceLimited], [false, true]);
  });

  it('keeps the direction of a step that is too long', () => {
    const moved = moveTarget(from, [0.3, 0.4, 0, 0, 0, 0, 1], {
      ...limits,
      workspace: { min: [-1, -1, -1], max: [1, 1, 1] },
    });
    assertClose(moved.baseFromEe.position, [0.33, 0.04, 0.15], 1e-12);
    assert.equal(moved.stepLimited, true);
  });

  it('comes back from outside the box by no more than a step', () => {
    const outside: Pose = { ...from, position: [0.3, 0, 0.6] };
    const { baseFromEe } = moveTarget(outside, [0, 0, 0, 0, 0, 0, 1], limits);
    assertClose(baseFromEe.position, [0.3, 0, 0.55], 1e-12);
  });

  it('never goes farther than a step, nor out of the box', () => {
    const wild = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(wild, { minLength: 7, maxLength: 7 }), (values) => {
        const { baseFromEe } = moveTarget(from, values, limits);
        assert.equal(distanceOutside(baseFromEe.position, limits.workspace), 0);
        const step = vec3Distance(from.position, baseFromEe.position);
        assert.ok(step <= limits.maxStepM + 1e-12, `step ${step}`);
        const turn = quatAngleBetween(from.orientation, baseFromEe.orientation);
        assert.ok(turn <= limits.maxStepRad + 1e-9, `turn ${turn}`);
      }),
    );
  });
});
