import assert from 'node:assert/strict';
import { capsulesAround } from '../../../core/kinematics/Capsule.ts';
import type { UrdfGeometry } from '../../../core/kinematics/UrdfModel.ts';
import { transformPoint } from '../../../core/math/pose.ts';
import { quatFromRollPitchYaw } from '../../../core/math/quat.ts';
import { Random } from '../../../core/math/random.ts';
import type { Pose, Vec3 } from '../../../core/math/types.ts';
import { segmentDistance } from '../../../core/kinematics/segmentDistance.ts';

const PLACE: Pose = {
  position: [0.3, -0.1, 0.2],
  orientation: quatFromRollPitchYaw(0.4, -1, 2),
};

/** A point on the surface or an edge of a shape. */
function outermost(geometry: UrdfGeometry, random: Random): Vec3 {
  switch (geometry.shape) {
    case 'sphere': {
      const v = [random.normal(), random.normal(), random.normal()];
      return v.map((x) => (x / Math.hypot(...v)) * geometry.radius) as unknown as Vec3;
    }
    case 'cylinder': {
      const angle = random.uniform(0, 2 * Math.PI);
      const z = random.pick([-0.5, 0.5, random.uniform(-0.5, 0.5)]) * geometry.length;
      return [geometry.radius * Math.cos(angle), geometry.radius * Math.sin(angle), z];
    }
    case 'box':
      return geometry.size.map(
        (side) => side * random.pick([-0.5, 0.5, random.uniform(-0.5, 0.5)]),
      ) as unknown as Vec3;
  }
}

describe('capsulesAround', () => {
  const shapes: readonly (readonly [UrdfGeometry, number, number])[] = [
    [{ shape: 'sphere', radius: 0.1 }, 1, 0.1],
    [{ shape: 'cylinder', radius: 0.02, length: 0.2 }, 1, 0.03],
    [{ shape: 'cylinder', radius: 0.1, length: 0.02 }, 1, 0.11],
    [{ shape: 'box', size: [0.04, 0.2, 0.03] }, 1, 0.04],
    [{ shape: 'box', size: [0.1, 0.3, 0.15] }, 4, 0.06],
  ];
  for (const [geometry, count, mostRadius] of shapes) {
    it(`hold all of a ${JSON.stringify(geometry)}, and not much more`, () => {
      const random = new Random('capsules');
      const capsules = capsulesAround(geometry, PLACE);
      assert.equal(capsules.length, count);
      assert.ok(capsules.every(({ radius }) => radius <= mostRadius));
      for (let i = 0; i < 500; i++) {
        const point = transformPoint(PLACE, outermost(geometry, random));
        const isInside = capsules.some(({ from, to, radius }) => {
          const ends = Float64Array.of(...from, ...to, ...point, ...point);
          return segmentDistance(ends, 0, 6) <= radius + 1e-9;
        });
        assert.ok(isInside, point.join(', '));
      }
    });
  }
});
