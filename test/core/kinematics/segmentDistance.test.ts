import assert from 'node:assert/strict';
import { segmentDistance } from '../../../core/kinematics/segmentDistance.ts';
import { Random } from '../../../core/math/random.ts';
import { assertClose } from '../arm.ts';

describe('segmentDistance', () => {
  const cases: readonly [string, number[], number[], number][] = [
    ['crossing', [-1, 0, 0, 1, 0, 0], [0, -1, 0.5, 0, 1, 0.5], 0.5],
    ['parallel, side by side', [0, 0, 0, 1, 0, 0], [0.5, 2, 0, 3, 2, 0], 2],
    ['in one line', [0, 0, 0, 1, 0, 0], [3, 0, 0, 4, 0, 0], 2],
    ['end to middle', [0, 0, 0, 0, 0, 1], [1, 0, -1, 1, 0, 3], 1],
    ['two points', [0, 0, 0, 0, 0, 0], [3, 4, 0, 3, 4, 0], 5],
    ['a point and a segment', [0, 0, 0, 0, 0, 0], [-1, 1, 0, 1, 1, 0], 1],
  ];
  for (const [what, one, other, expected] of cases) {
    it(`of segments ${what}`, () => {
      const ends = Float64Array.of(...one, ...other);
      assertClose(
        [segmentDistance(ends, 0, 6), segmentDistance(ends, 6, 0)],
        [expected, expected],
        1e-12,
      );
    });
  }

  it('is that of the nearest of many points', () => {
    const random = new Random('segments');
    for (let i = 0; i < 300; i++) {
      const ends = Float64Array.from({ length: 12 }, () => random.uniform(-1, 1));
      const point = (from: number, t: number) =>
        [0, 1, 2].map((k) => ends[from + k]! + t * (ends[from + 3 + k]! - ends[from + k]!));
      let least = Infinity;
      for (let s = 0; s <= 1; s += 1 / 40) {
        for (let t = 0; t <= 1; t += 1 / 40) {
          const [p, q] = [point(0, s), point(6, t)];
          least = Math.min(least, Math.hypot(...p.map((x, k) => x - q[k]!)));
        }
      }
      const found = segmentDistance(ends, 0, 6);
      assert.ok(found <= least + 1e-12 && found > least - 0.07, `${found}, ${least}`);
    }
  });
});
