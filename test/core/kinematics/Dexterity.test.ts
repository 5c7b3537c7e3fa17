import assert from 'node:assert/strict';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { Dexterity } from '../../../core/kinematics/Dexterity.ts';
import { assertClose, widowxChain } from '../arm.ts';

describe('Dexterity', () => {
  it('is the harmonic norm of the singular values', () => {
    const jacobian = new Float64Array(36);
    const scaled = [0.5, 2, 1, 3, 0.1, 4];
    scaled.forEach((x, k) => (jacobian[7 * k] = k < 3 ? x : x / 0.3));
    const expected = 1 / Math.sqrt(scaled.reduce((sum, x) => sum + 1 / (x * x), 0));
    assertClose([new Dexterity(0.3).of(jacobian)], [expected], 1e-12);
  });

  it('falls to zero where the axes of the wrist line up, and where the arm is stretched', () => {
    const chain = widowxChain();
    const evaluation = chain.newEvaluation();
    const dexterity = new Dexterity(0.3);
    const at = (q: readonly number[]): number => {
      chain.evaluate(q, evaluation);
      return dexterity.of(evaluation.jacobian);
    };
    assert.ok(at(widowx.homeJoints) > 0.05);
    assert.ok(at([0, 0, 0.2, 0, 0, 0]) < 1e-6);
    assert.ok(at([0, 0.6, Math.atan2(0.04975, 0.25) - Math.PI / 2, 0, 1, 0]) < 1e-6);
    const bent = [0.4, 0.3, 0.2, 0.1].map((wrist) => at([0, 0, 0.2, 0, wrist, 0]));
    assert.deepEqual(
      [...bent].sort((a, b) => b - a),
      bent,
    );
  });
});
