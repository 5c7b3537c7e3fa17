import assert from 'node:assert/strict';
import { collisionModelOf } from '../../../core/control/MotionGuard.ts';
import { EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { Random } from '../../../core/math/random.ts';
import { assertClose, chainOf, urdfOf, widowxUrdf } from '../arm.ts';

for (const embodiment of EMBODIMENTS) {
  describe(`CollisionModel of ${embodiment.name}`, () => {
    const chain = chainOf(embodiment);
    const model = collisionModelOf(embodiment, urdfOf(embodiment), chain);
    const random = new Random('collisions');
    const anywhere = () =>
      chain.joints.map(({ limit }) => random.uniform(limit.lower, limit.upper));

    it('watches all links but neighbours, and what is on both sides of the shoulder', () => {
      const all = Array.from({ length: chain.size + 1 }, (_, first) =>
        Array.from({ length: chain.size - first - 1 }, (_, k) => ({
          first,
          second: first + 2 + k,
        })),
      ).flat();
      const isWatched = ({ first, second }: (typeof all)[number]): boolean =>
        model.pairs.some((pair) => pair.first === first && pair.second === second);
      const others = all.filter((pair) => !isWatched(pair));
      assert.deepEqual(others, [{ first: 0, second: 2 }]);
    });

    it('finds nothing too near where episodes begin', () => {
      const { clearance } = embodiment.limits;
      model.evaluate(embodiment.homeJoints);
      assert.ok(Math.min(...model.distances) >= clearance.selfM);
      assert.ok(Math.min(...model.heights) >= clearance.tableZM);
    });

    it('never sees more change than its bound says', () => {
      let tightest = Infinity;
      for (let k = 0; k < 500; k++) {
        const from = anywhere();
        const travel = from.map(() => Math.abs(random.normal()) * 0.05);
        const to = from.map((q, i) => q + travel[i]! * random.pick([-1, 1]));
        model.evaluate(from);
        const [distances, heights] = [model.distances.slice(), model.heights.slice()];
        model.evaluate(to);
        model.pairs.forEach((pair, i) => {
          const change = Math.abs(model.distances[i]! - distances[i]!);
          const bound = model.reach.approach(pair, travel);
          tightest = Math.min(tightest, bound - change);
        });
        heights.forEach((height, i) => {
          const change = Math.abs(model.heights[i]! - height);
          tightest = Math.min(tightest, model.reach.ofBody(i + 1, travel) - change);
        });
      }
      assert.ok(tightest >= 0, `${tightest}`);
    });
  });
}

describe('CollisionModel', () => {
  const chain = chainOf(widowx);
  const model = collisionModelOf(widowx, widowxUrdf, chain);

  it('knows how high the finger tips are', () => {
    // pointing down: the tips are 15.4 mm beyond the end effector
    const down = [0, 0, 0.3, 0, Math.PI / 2 - 0.3, 0];
    model.evaluate(down);
    const tip = chain.forward(down).position[2] - 0.015425;
    assertClose([model.heights[5]!], [tip], 1e-4);
  });

  it('finds the gripper in the base, and links folded into one another', () => {
    const at = (q: readonly number[]): string => {
      model.evaluate(q);
      return model.pairNames.filter((_, i) => model.distances[i]! < 0).join('; ');
    };
    assert.equal(at([0, 0, 0, 0, 0, 0]), '');
    assert.match(at([0, -1.8, 1.6, 0, 2.1, 0]), /base_link and gripper_link/);
    assert.match(at([0, -1.8, 1.55, 0, 0.8, 0]), /upper_arm_link and lower_forearm_link/);
  });
});
