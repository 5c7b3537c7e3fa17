import assert from 'node:assert/strict';
import { ActionPrefix } from '../../../core/policy/ActionPrefix.ts';
import type { ActionSpec } from '../../../core/policy/ModelSpec.ts';
import { postprocess } from '../../../core/policy/postprocess.ts';

const spec: ActionSpec = {
  horizon: 3,
  prefixRows: 1,
  dim: 7,
  clip: 1,
  gripperIndex: 6,
  gripperThreshold: 0.5,
  gripperConvention: 'open_1',
  rotation: 'rotation_vector',
};
const statistics = {
  q01: [-0.1, -0.1, -0.02, -1, -1, -1, 0],
  q99: [0.1, 0.3, 0.04, 1, 1, 1, 1],
  mask: [true, true, true, true, true, true, false],
};
/** Row k: six times k/10, and a gripper value. */
const CHUNK = Float32Array.from([0, 1, 2].flatMap((k) => [...Array(6).fill(k / 10), k * 0.4]));
const rounded = (row: Float32Array) => Array.from(row, (value) => Number(value.toFixed(5)) + 0);
const asAction = (row: Float32Array) => rounded(postprocess(row, spec, statistics));

function remembered(overrides: Partial<ActionSpec> = {}): ActionPrefix {
  const rows = new ActionPrefix({ ...spec, ...overrides }, statistics);
  rows.remember(4, 10, CHUNK);
  return rows;
}

describe('ActionPrefix', () => {
  it("is the last chunk's row of the tick, with its gripper closed or open", () => {
    assert.deepEqual(rounded(remembered().from(4, 11, 0)), [...Array(6).fill(0.1), 0]);
    assert.deepEqual(rounded(remembered().from(4, 12, 0)), [...Array(6).fill(0.2), 1]);
  });

  it('is clipped as the executed action is', () => {
    const rows = new ActionPrefix(spec, statistics);
    rows.remember(0, 0, new Float32Array(21).fill(3));
    assert.deepEqual(rounded(rows.from(0, 0, 0)), Array(7).fill(1));
  });

  const unknown: readonly [string, number, number | undefined][] = [
    ['another epoch', 5, 11],
    ['a tick before the chunk', 4, 9],
    ['a tick after the chunk', 4, 13],
    ['a tick that nobody knows', 4, undefined],
  ];
  for (const [what, epoch, tick] of unknown) {
    it(`is to stand still for ${what}`, () => {
      assert.deepEqual(asAction(remembered().from(epoch, tick, 1)), [0, 0, 0, 0, 0, 0, 1]);
      assert.deepEqual(asAction(remembered().from(epoch, tick, 0.2)), [0, 0, 0, 0, 0, 0, 0]);
    });
  }

  it("speaks the model's gripper convention", () => {
    const rows = new ActionPrefix({ ...spec, gripperConvention: 'closed_1' }, statistics);
    assert.equal(rows.from(0, 0, 1)[6], 0);
    assert.equal(rows.from(0, 0, 0)[6], 1);
  });

  it('has as many rows as the model wants, which may be none', () => {
    assert.equal(remembered({ prefixRows: 0 }).from(4, 11, 0).length, 0);
    const two = remembered({ prefixRows: 2 }).from(4, 12, 1);
    assert.equal(rounded(two)[0], 0.2);
    assert.deepEqual(asAction(two.slice(7)), [0, 0, 0, 0, 0, 0, 1], 'row 13 is past the chunk');
  });
});
