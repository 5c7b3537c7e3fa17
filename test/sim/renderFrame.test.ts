import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Vec3 } from '../../core/math/types.ts';
import { widowxFrontCamera } from '../../sim/render/CameraModel.ts';
import { idBoxes } from '../../sim/render/idBoxes.ts';
import { shadowBrightness } from '../../sim/render/lighting.ts';
import * as objects from '../../sim/render/objects.ts';
import { shapes } from '../../sim/render/Primitive.ts';
import type { Primitive } from '../../sim/render/Primitive.ts';
import { Renderer } from '../../sim/render/Renderer.ts';
import { overheadCamera, solid, straightCamera, turn } from './renderScene.ts';
import { side, idsOf, pixelsOf, at } from './renderedPixels.ts';

describe('renderIds', () => {
  const renderer = new Renderer(straightCamera);

  it('covers exactly the pixels whose centres a box hides', () => {
    // The front face at 0.9 m reaches 0.1 * 100 / 0.9 = 11.1 px from the centre.
    const ids = idsOf(renderer, [solid('box', [0.1, 0.1, 0.1], [0, 0, 1], { id: 7 })]);
    const box = idBoxes(ids, side, side).get(7)!;
    assert.deepEqual(box, {
      x1: 39 / side,
      y1: 39 / side,
      x2: 62 / side,
      y2: 62 / side,
      pixels: 23 * 23,
    });
  });

  it('shows the nearer of two things, whatever their order', () => {
    const near = solid('sphere', [0.05, 0, 0], [0, 0, 0.8], { id: 1 });
    const far = solid('box', [0.2, 0.2, 0.05], [0, 0, 1.2], { id: 2 });
    const ids = idsOf(renderer, [near, far]);
    assert.deepEqual(ids, idsOf(renderer, [far, near]));
    assert.equal(at(ids, 50, 50), 1);
    assert.equal(at(ids, 60, 50), 2);
    assert.equal(at(ids, 90, 50), 0);
  });

  it('lets what has no label hide what has one', () => {
    const screen = solid('box', [0.2, 0.2, 0.01], [0, 0, 0.5]);
    const hidden = solid('sphere', [0.05, 0, 0], [0, 0, 0.8], { id: 1 });
    assert.equal(idBoxes(idsOf(renderer, [screen, hidden]), side, side).size, 0);
  });

  it('keeps static labels and depths as background', () => {
    const own = new Renderer(straightCamera);
    own.setStatic([solid('box', [0.1, 0.1, 0.1], [0, 0, 1], { id: 3 })]);
    const behind = solid('sphere', [0.05, 0, 0], [0, 0, 1.5], { id: 4 });
    assert.deepEqual([...idBoxes(idsOf(own, [behind]), side, side).keys()], [3]);
  });

  it('leaves no cracks between triangles and nothing outside the outline', () => {
    const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
    const solids = fc.constantFrom(...shapes.filter((shape) => shape !== 'quad'));
    fc.assert(
      fc.property(solids, coordinate, coordinate, coordinate, coordinate, (shape, x, y, z, w) => {
        const orientation = turn([x, y, z], w * Math.PI);
        const ids = idsOf(renderer, [
          solid(shape, [0.2, 0.1, 0.15], [x * 0.1, y * 0.1, 0.9], { id: 1, orientation }),
        ]);
        let covered = 0;
        for (let v = 0; v < side; v++) {
          const row = ids.subarray(v * side, (v + 1) * side);
          const [first, last] = [row.indexOf(1), row.lastIndexOf(1)];
          if (first < 0) continue;
          covered += last - first + 1;
          assert.ok(
            row.subarray(first, last + 1).every((id) => id === 1),
            `a hole in row ${v}`,
          );
        }
        assert.ok(covered > 100);
      }),
    );
  });

  it('cuts what reaches behind the camera', () => {
    // A bar under the camera from behind it to far ahead: seen from the picture's lower edge on.
    const ids = idsOf(renderer, [solid('box', [0.02, 0.02, 3], [0, 0.1, 0], { id: 1 })]);
    assert.equal(at(ids, 50, 100), 1);
    assert.equal(at(ids, 50, 60), 1);
    assert.equal(at(ids, 50, 49), 0);
    const behind = solid('sphere', [0.5, 0, 0], [0, 0, -1], { id: 1 });
    assert.equal(idBoxes(idsOf(renderer, [behind]), side, side).size, 0);
  });
});

describe('Renderer', () => {
  it('agrees with its labels on what is painted', () => {
    const renderer = new Renderer(straightCamera);
    const red = solid('capsule', [0.05, 0.1, 0], [0, 0, 1], { id: 1, color: [1, 0, 0] });
    const [pixels, ids] = [pixelsOf(renderer, [red]), idsOf(renderer, [red])];
    ids.forEach((id, i) => assert.equal(pixels[i * 3 + 1] === 0, id === 1));
  });

  it('lights what faces the sun more than what does not', () => {
    const renderer = new Renderer(overheadCamera);
    const level = (orientation: readonly [Vec3, number]): number =>
      pixelsOf(renderer, [
        solid('quad', [0.2, 0.2, 0], [0, 0, 0], { orientation: turn(...orientation) }),
      ])[(50 * side + 50) * 3]!;
    // The sun stands at −x +y.
    assert.ok(level([[0, 1, 0], -0.5]) > level([[0, 1, 0], 0.5]));
    assert.ok(level([[1, 0, 0], -0.5]) > level([[1, 0, 0], 0.5]));
  });

  it('draws what is still as if it were drawn each time', () => {
    const table = solid('quad', [0.4, 0.4, 0], [0, 0, 0], { receivesShadow: true });
    const ball = solid('sphere', [0.04, 0, 0], [0, 0, 0.3]);
    const low = solid('box', [0.1, 0.1, 0.02], [0.1, -0.1, 0.02], { receivesShadow: true });
    const high = solid('box', [0.05, 0.05, 0.06], [0.05, -0.12, 0.1], {
      receivesShadow: true,
      texture: 'weave',
    });
    for (const [still, moving] of [
      [[low, ball], [high]],
      [[ball, high], [low]],
      [[low], [high, ball]],
      [[], [ball, high, low]],
    ] as const) {
      const renderer = new Renderer(overheadCamera);
      renderer.setStatic([table]);
      const anew = pixelsOf(renderer, [...still, ...moving]);
      renderer.setStill(still);
      assert.deepEqual(pixelsOf(renderer, moving), anew);
      renderer.setStill([]);
      assert.deepEqual(pixelsOf(renderer, [...still, ...moving]), anew);
    }
  });

  describe('shadows', () => {
    const table = solid('quad', [0.4, 0.4, 0], [0, 0, 0], { receivesShadow: true });
    const level = (pixels: Uint8Array, u: number, v: number): number => pixels[(v * side + u) * 3]!;

    it('falls away from the sun and darkens once', () => {
      const renderer = new Renderer(overheadCamera);
      renderer.setStatic([table]);
      const ball = solid('sphere', [0.05, 0, 0], [0, 0, 0.3]);
      const bare = pixelsOf(renderer, []);
      const one = pixelsOf(renderer, [ball]);
      const two = pixelsOf(renderer, [ball, ball]);
      // 0.3 m up, sun (−0.24, 0.4, 0.88): the shadow is 0.082 m towards +x (up), 0.136 m towards −y.
      const [u, v] = [50 + 14, 50 - 8];
      const lit = level(bare, u, v);
      assert.ok(Math.abs(level(one, u, v) - lit * shadowBrightness) <= 1.5);
      assert.equal(level(two, u, v), level(one, u, v));
      assert.equal(level(one, 100 - u, 100 - v), lit);
    });

    it('falls on the top of what receives it, and under it on the table', () => {
      const renderer = new Renderer(overheadCamera);
      renderer.setStatic([table]);
      const stand = solid('box', [0.2, 0.2, 0.05], [0.05, -0.1, 0.05], { receivesShadow: true });
      const ball = solid('sphere', [0.05, 0, 0], [0, 0, 0.4]);
      const bare = pixelsOf(renderer, [stand]);
      const shaded = pixelsOf(renderer, [stand, ball]);
      // On the top, at 0.1 m, the shadow falls from 0.3 m above; 1 / 0.9 larger in the picture.
      const [u, v] = [50 + 15, 50 - 9];
      assert.ok(level(shaded, u, v) < level(bare, u, v) * 0.75);
      const deaf = pixelsOf(renderer, [{ ...stand, receivesShadow: false }, ball]);
      assert.equal(level(deaf, u, v), level(bare, u, v));
    });

    it('is not cast by what says so, nor by static things unless they say so', () => {
      const renderer = new Renderer(overheadCamera);
      renderer.setStatic([table]);
      const ball = solid('sphere', [0.02, 0, 0], [0, 0, 0.3], { castsShadow: false });
      const spot = [50 + 14, 50 - 8] as const;
      const lit = level(pixelsOf(renderer, []), ...spot);
      assert.equal(level(pixelsOf(renderer, [ball]), ...spot), lit);
      const post = solid('sphere', [0.05, 0, 0], [0, 0, 0.3]);
      renderer.setStatic([table, post]);
      assert.equal(level(pixelsOf(renderer, []), ...spot), lit);
      renderer.setStatic([table, { ...post, castsShadow: true }]);
      assert.ok(level(pixelsOf(renderer, []), ...spot) < lit);
    });
  });

  it('refuses buffers of the wrong size and unknown shapes', () => {
    const renderer = new Renderer(straightCamera);
    assert.throws(() => renderer.render([], new Uint8Array(5)), /5 bytes, expected 101 x 101 x 3/);
    assert.throws(() => renderer.renderIds([], new Uint8Array(5)), RangeError);
    const pyramid = { ...solid('box', [1, 1, 1], [0, 0, 3]), shape: 'pyramid' as 'box' };
    assert.throws(() => pixelsOf(renderer, [pyramid]), /unknown shape pyramid, expected box/);
  });
});

describe('the pixels that models are trained on', () => {
  function scene(): Primitive[] {
    const models = [
      objects.spoon(),
      objects.carrot(),
      objects.eggplant(),
      objects.cube('cube', [0.15, 0.62, 0.2]),
      objects.plate(),
      objects.towel(),
      objects.basket(),
    ];
    const arm = solid('capsule', [0.03, 0.12, 0], [0.25, 0, 0.25], { color: [0.1, 0.1, 0.12] });
    const placed = models.flatMap(({ parts, halfExtents }, i) =>
      parts.map((part): Primitive => {
        const [x, y, z] = part.pose.position;
        const spot: Vec3 = [0.2 + 0.1 * (i % 3), 0.15 - 0.12 * Math.floor(i / 3), halfExtents[2]];
        const position: Vec3 = [spot[0] + x, spot[1] + y, spot[2] + z];
        return { ...part, pose: { ...part.pose, position } };
      }),
    );
    return [...placed, arm];
  }

  function frame(renderer: Renderer): Uint8Array {
    const out = new Uint8Array(640 * 480 * 3);
    renderer.render(scene(), out);
    return out;
  }

  it('repeat from frame to frame and from renderer to renderer', () => {
    const renderer = new Renderer(widowxFrontCamera);
    renderer.setStatic(objects.tableScene());
    const first = frame(renderer);
    renderer.render([], new Uint8Array(first.length));
    renderer.renderIds(scene(), new Uint8Array(640 * 480));
    assert.deepEqual(frame(renderer), first);
    const other = new Renderer(widowxFrontCamera);
    other.setStatic(objects.tableScene());
    assert.deepEqual(frame(other), first);
  });

  it('have not changed: the models in models/ have learnt to see with them', () => {
    const renderer = new Renderer(widowxFrontCamera);
    renderer.setStatic(objects.tableScene());
    const hash = createHash('sha256').update(frame(renderer)).digest('hex');
    assert.equal(hash, '2943f3970680b432eec8dabd4f3d11d07bbddc6b8b7d9c216b20c0a61e073c9c');
  });
});
