import assert from 'node:assert/strict';
import { blendCandidates } from '../../../core/execution/blendCandidates.ts';

const action = (x: number, gripper: number) => Float32Array.of(x, 0, 0, 0, 0, 0, gripper);

describe('blendCandidates', () => {
  it('leaves a single candidate as it is', () => {
    const only = Float32Array.of(0.01, -0.02, 0.03, 0.1, -0.2, 0.3, 1);
    assert.deepEqual(blendCandidates([only], 0.1), only);
  });

  it('weighs by exp(alpha · cos) with the newest', () => {
    const blend = blendCandidates([action(-1, 0), action(1, 0)], 0.1);
    const [away, along] = [Math.exp(-0.1), Math.exp(0.1)];
    assert.ok(Math.abs(blend[0]! - (along - away) / (along + away)) < 1e-6);
  });

  it('lets the candidates vote on a gripper that is either open or closed', () => {
    assert.equal(blendCandidates([action(0.01, 1), action(0.01, 1), action(0.01, 0)], 0.1)[6], 1);
    assert.equal(blendCandidates([action(0.01, 1), action(0.01, 0), action(0.01, 0)], 0.1)[6], 0);
  });

  it('takes the mean of openings in between', () => {
    const blend = blendCandidates([action(0, 0.4), action(0, 0.6)], 0.1);
    assert.ok(Math.abs(blend[6]! - 0.5) < 1e-6);
  });

  it('stays finite for actions of zero length', () => {
    const zero = new Float32Array(7);
    assert.deepEqual(blendCandidates([zero, zero], 0.1), zero);
  });
});
