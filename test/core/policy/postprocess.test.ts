import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ActionSpec } from '../../../core/policy/ModelSpec.ts';
import { postprocess, unnormalise } from '../../../core/policy/postprocess.ts';

const spec: ActionSpec = {
  horizon: 1,
  prefixRows: 0,
  dim: 7,
  clip: 1,
  gripperIndex: 6,
  gripperThreshold: 0.5,
  gripperConvention: 'open_1',
  rotation: 'rotation_vector',
};
const statistics = {
  q01: [-0.1, -0.1, -0.1, -Math.PI, -Math.PI, -Math.PI, 5],
  q99: [0.1, 0.3, 0.1, Math.PI, Math.PI, Math.PI, 9],
  mask: [true, true, true, true, true, true, false],
};

function rowOf(values: readonly number[], overrides: Partial<ActionSpec> = {}): number[] {
  const row = postprocess(Float32Array.from(values), { ...spec, ...overrides }, statistics);
  return Array.from(row, (value) => Number(value.toFixed(5)));
}

describe('postprocess', () => {
  it('clips, un-normalises where the mask is true, and sets the gripper', () => {
    assert.deepEqual(rowOf([0, 0, 2, 0, 0, 0, 0.7]), [0, 0.1, 0.1, 0, 0, 0, 1]);
    assert.deepEqual(rowOf([-1, 1, -9, 0, 0, 0, 0.49]), [-0.1, 0.3, -0.1, 0, 0, 0, 0]);
  });

  it('opens at the threshold, and closes where 1 means closed', () => {
    assert.equal(rowOf([0, 0, 0, 0, 0, 0, 0.5])[6], 1);
    assert.equal(rowOf([0, 0, 0, 0, 0, 0, 0.9], { gripperConvention: 'closed_1' })[6], 0);
    assert.equal(rowOf([0, 0, 0, 0, 0, 0, -1], { gripperConvention: 'closed_1' })[6], 1);
  });

  it('turns fixed-axis euler angles into a rotation vector', () => {
    // Rx(90°), then Ry(90°) about fixed axes, is a turn by 120° about (1, 1, −1).
    const third = (2 * Math.PI) / 3 / Math.sqrt(3);
    const row = rowOf([0, 0, 0, 0.5, 0.5, 0, 0], { rotation: 'euler_xyz' });
    [third, third, -third].forEach((expected, i) =>
      assert.ok(Math.abs(row[3 + i]! - expected) < 1e-4, String(row)),
    );
  });

  it('treats every row alike and leaves its input as it is', () => {
    const values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
    const input = Float32Array.from([...values, ...values]);
    const before = Float32Array.from(input);
    const rows = postprocess(input, { ...spec, horizon: 2 }, statistics);
    assert.deepEqual(rows.subarray(0, 7), rows.subarray(7));
    assert.deepEqual(input, before);
  });
});

describe('unnormalise', () => {
  const finite = fc.double({ min: -10, max: 10, noNaN: true });

  it('undoes what training does: 2 (x − q01) / (q99 − q01) − 1', () => {
    fc.assert(
      fc.property(finite, finite, finite, (value, q01, span) => {
        const q99 = q01 + Math.abs(span) + 1e-3;
        const normalised = (2 * (value - q01)) / (q99 - q01) - 1;
        assert.ok(Math.abs(unnormalise(normalised, q01, q99) - value) < 1e-9);
      }),
    );
  });

  it('maps −1 and 1 to the quantiles, and all of an empty range to its only value', () => {
    assert.equal(unnormalise(-1, -0.2, 0.6), -0.2);
    assert.ok(Math.abs(unnormalise(1, -0.2, 0.6) - 0.6) < 1e-15);
    assert.equal(unnormalise(0.8, 0.3, 0.3), 0.3);
  });
});
