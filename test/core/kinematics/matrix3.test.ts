import assert from 'node:assert/strict';
import { rotationErrorInto } from '../../../core/kinematics/matrix3.ts';
import { matrixFromQuat, quatFromRotVec } from '../../../core/math/quat.ts';
import type { Vec3 } from '../../../core/math/types.ts';
import { assertClose } from '../arm.ts';

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

function errorTo(to: ArrayLike<number>): Float64Array {
  const out = new Float64Array(3);
  rotationErrorInto(Float64Array.from(to), IDENTITY, out, 0);
  return out;
}

describe('rotationErrorInto', () => {
  const turns: readonly Vec3[] = [
    [0, 0, 0],
    [1e-8, 0, 0],
    [0.3, -0.2, 0.1],
    [0, 3.1, 0],
    [0, 0, 3.1415],
  ];
  for (const turn of turns) {
    it(`finds the rotation vector ${turn.join(', ')}`, () => {
      assertClose(errorTo(matrixFromQuat(quatFromRotVec(turn))), turn, 1e-9);
    });
  }

  // exactly half a turn: the matrix is symmetric, either direction of the axis is right
  const halves: readonly [readonly number[], Vec3][] = [
    [
      [1, 0, 0, 0, -1, 0, 0, 0, -1],
      [Math.PI, 0, 0],
    ],
    [
      [-1, 0, 0, 0, 1, 0, 0, 0, -1],
      [0, Math.PI, 0],
    ],
    [
      [-1, 0, 0, 0, -1, 0, 0, 0, 1],
      [0, 0, Math.PI],
    ],
    [
      [0, 1, 0, 1, 0, 0, 0, 0, -1],
      [Math.PI * Math.SQRT1_2, Math.PI * Math.SQRT1_2, 0],
    ],
  ];
  for (const [matrix, expected] of halves) {
    it(`finds an axis of half a turn: ${matrix.join(' ')}`, () => {
      const found = errorTo(matrix);
      const sign = Math.sign(found.find((x) => Math.abs(x) > 1) ?? 1);
      assertClose(
        found.map((x) => x * sign),
        expected,
        1e-9,
      );
      assert.ok(Math.abs(Math.hypot(...found) - Math.PI) < 1e-9);
    });
  }
});
