import assert from 'node:assert/strict';
import { narrowLimits } from '../../../core/embodiment/narrowLimits.ts';
import type { LimitWishes } from '../../../core/embodiment/narrowLimits.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';

const NONE: LimitWishes = {
  workspaceMin: [],
  workspaceMax: [],
  maxStepM: 0,
  maxStepRad: 0,
  velocityShare: 1,
  accelerationShare: 1,
  selfClearanceM: 0,
  tableRiseM: 0,
};

describe('narrowLimits', () => {
  const { limits } = widowx;

  it('leaves everything as it is where nothing is wished', () => {
    const narrowed = narrowLimits(widowx, NONE);
    assert.deepEqual(narrowed, { ok: true, embodiment: widowx });
  });

  it('narrows what is asked for', () => {
    const narrowed = narrowLimits(widowx, {
      workspaceMin: [0.1, -0.15, 0.02],
      workspaceMax: [0.45, 0.25, 0.18],
      maxStepM: 0.02,
      maxStepRad: 0.1,
      velocityShare: 0.5,
      accelerationShare: 0.25,
      selfClearanceM: 0.03,
      tableRiseM: 0.01,
    });
    assert.ok(narrowed.ok);
    const found = narrowed.embodiment.limits;
    assert.deepEqual(found.workspace, { min: [0.1, -0.15, 0.02], max: [0.45, 0.25, 0.18] });
    assert.deepEqual([found.maxStepM, found.maxStepRad], [0.02, 0.1]);
    assert.deepEqual(
      found.velocity,
      limits.velocity.map((v) => v / 2),
    );
    assert.deepEqual(
      found.acceleration,
      limits.acceleration.map((a) => a / 4),
    );
    assert.deepEqual(found.clearance, { selfM: 0.03, tableZM: limits.clearance.tableZM + 0.01 });
  });

  it('widens nothing, and names all that would', () => {
    const narrowed = narrowLimits(widowx, {
      workspaceMin: [0, -0.3, 0.015],
      workspaceMax: [0.5, NaN, 0.35],
      maxStepM: 0.06,
      maxStepRad: -1,
      velocityShare: 1.1,
      accelerationShare: 0,
      selfClearanceM: 0.001,
      tableRiseM: -0.01,
    });
    const names = narrowed.ok ? [] : narrowed.faults.map(({ field }) => field).sort();
    assert.deepEqual(names, Object.keys(NONE).sort());
  });

  it('refuses boxes that are empty, or not three numbers', () => {
    const fieldsOf = (wish: Partial<LimitWishes>): string[] => {
      const narrowed = narrowLimits(widowx, { ...NONE, ...wish });
      return narrowed.ok ? [] : narrowed.faults.map(({ field }) => field);
    };
    assert.deepEqual(fieldsOf({ workspaceMin: [0.3, 0] }), ['workspaceMin']);
    const crossed = { workspaceMin: [0.3, 0, 0.1], workspaceMax: [0.2, 0.1, 0.2] };
    assert.deepEqual(fieldsOf(crossed), ['workspaceMax']);
  });
});
