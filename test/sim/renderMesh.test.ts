import assert from 'node:assert/strict';
import { transformPoint } from '../../core/math/pose.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { tessellate } from '../../sim/render/Mesh.ts';
import type { Mesh } from '../../sim/render/Mesh.ts';
import * as objects from '../../sim/render/objects.ts';
import type { Shape } from '../../sim/render/Primitive.ts';

/** Signed volume by the divergence theorem: negative when triangles are wound inwards. */
function volume({ positions, triangles }: Mesh): number {
  let six = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => {
      const i = triangles[t + k]! * 3;
      return [positions[i]!, positions[i + 1]!, positions[i + 2]!] as const;
    }) as [Vec3, Vec3, Vec3];
    six +=
      a[0] * (b[1] * c[2] - b[2] * c[1]) +
      a[1] * (b[2] * c[0] - b[0] * c[2]) +
      a[2] * (b[0] * c[1] - b[1] * c[0]);
  }
  return six / 6;
}

describe('tessellate', () => {
  const closed: [Shape, Vec3, number][] = [
    ['box', [1, 2, 3], 48],
    ['sphere', [2, 0, 0], (4 / 3) * Math.PI * 8],
    ['ellipsoid', [1, 2, 3], (4 / 3) * Math.PI * 6],
    ['cylinder', [1, 2, 0], Math.PI * 4],
    ['capsule', [1, 2, 0], Math.PI * 4 + (4 / 3) * Math.PI],
    ['cone', [2, 1, 1.5], (Math.PI * 3 * (4 + 2 + 1)) / 3],
    ['cone', [1, 0, 1.5], (Math.PI * 3) / 3],
  ];
  for (const [shape, size, expected] of closed) {
    it(`closes a ${shape} ${size.join(' x ')}, wound outwards, of nearly its volume`, () => {
      const found = volume(tessellate(shape, size));
      assert.ok(found > expected * 0.94 && found < expected * 1.0001, `${found} of ${expected}`);
    });
  }

  it('gives unit normals that point outwards', () => {
    for (const [shape, size] of closed) {
      const { positions, normals } = tessellate(shape, size);
      for (let i = 0; i < positions.length; i += 3) {
        const [nx, ny, nz] = [normals[i]!, normals[i + 1]!, normals[i + 2]!];
        assert.ok(Math.abs(nx * nx + ny * ny + nz * nz - 1) < 1e-6);
        const along = nx * positions[i]! + ny * positions[i + 1]! + nz * positions[i + 2]!;
        assert.ok(along >= -1e-9, `${shape} vertex ${i / 3}`);
      }
    }
  });
});

describe('objects', () => {
  const all = [
    objects.spoon(),
    objects.carrot(),
    objects.eggplant(),
    objects.cube('cube', [0, 1, 0]),
    objects.plate(),
    objects.towel(),
    objects.basket(),
  ];
  for (const { name, parts, halfExtents } of all) {
    it(`fills the bounding box that the ${name} names`, () => {
      const low = [Infinity, Infinity, Infinity];
      const high = [-Infinity, -Infinity, -Infinity];
      for (const { shape, size, pose } of parts) {
        const { positions } = tessellate(shape, size);
        for (let i = 0; i < positions.length; i += 3) {
          const local: Vec3 = [positions[i]!, positions[i + 1]!, positions[i + 2]!];
          transformPoint(pose, local).forEach((value, k) => {
            low[k] = Math.min(low[k]!, value);
            high[k] = Math.max(high[k]!, value);
          });
        }
      }
      for (let k = 0; k < 3; k++) {
        assert.ok(Math.abs(low[k]! + halfExtents[k]!) < 5e-4, `axis ${k}: from ${low[k]}`);
        assert.ok(Math.abs(high[k]! - halfExtents[k]!) < 5e-4, `axis ${k}: to ${high[k]}`);
      }
    });
  }
});
