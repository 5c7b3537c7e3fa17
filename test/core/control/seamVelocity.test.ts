import { seamVelocity } from '../../../core/control/seamVelocity.ts';
import { assertClose } from '../arm.ts';

describe('seamVelocity', () => {
  const cases: readonly [string, number, number, number, number][] = [
    ['goes on at the same speed', 0, 0.1, 0.2, 0.5],
    ['is slower towards a shorter way', 0, 0.2, 0.3, (2 * 1 * 0.5) / 1.5],
    ['is zero where the joint turns round', 0, 0.1, 0, 0],
    ['is zero before a pause', 0, 0.1, 0.1, 0],
    ['is zero after one', 0, 0, 0.1, 0],
    ['keeps the sign', 0, -0.1, -0.2, -0.5],
  ];
  for (const [what, before, at, after, expected] of cases) {
    it(what, () => assertClose([seamVelocity(before, at, after, 0.2)], [expected], 1e-12));
  }
});
