import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  CameraModel,
  opticalFromForward,
  widowxFrontCamera,
} from '../../sim/render/CameraModel.ts';
import { overheadCamera } from './renderScene.ts';

function near(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  actual.forEach((value, i) => {
    assert.ok(
      Math.abs(value - expected[i]!) <= tolerance,
      `[${i}]: ${value}, expected ${expected[i]}`,
    );
  });
}

describe('CameraModel', () => {
  it('projects points at known angles of an overhead camera', () => {
    // 1 m below the camera a metre is 100 px; base x is up in the picture and base y is left.
    near(Object.values(overheadCamera.project([0, 0, 0])!), [50, 50, 1], 1e-9);
    near(Object.values(overheadCamera.project([0.1, 0, 0])!), [50, 40, 1], 1e-9);
    near(Object.values(overheadCamera.project([0, 0.1, 0.5])!), [30, 50, 0.5], 1e-9);
  });

  it('sees what SimplerEnv’s WidowX camera sees', () => {
    // Body axes of the published quaternion by hand: forward, and right = −left.
    const forward = [0.6346389, 0.3509886, -0.688506];
    const right = [0.4839258, -0.875109, -0.000051];
    const at = (f: number, r: number): [number, number, number] => [
      f * forward[0]! + r * right[0]!,
      -0.16 + f * forward[1]! + r * right[1]!,
      0.36 + f * forward[2]! + r * right[2]!,
    ];
    near(Object.values(widowxFrontCamera.project(at(0.5, 0))!), [319.5, 239.5, 0.5], 1e-3);
    const shifted = widowxFrontCamera.project(at(0.5, 0.1))!;
    near([shifted.u, shifted.v], [319.5 + (623.588 * 0.1) / 0.5, 239.5], 1e-3);
    // What is higher is higher in the picture.
    const low = widowxFrontCamera.project([0.3, 0, 0])!;
    assert.ok(widowxFrontCamera.project([0.3, 0, 0.1])!.v < low.v);
  });

  it('does not project what is behind it', () => {
    assert.equal(overheadCamera.project([0, 0, 1]), undefined);
    assert.equal(overheadCamera.project([0, 0, 2]), undefined);
    assert.equal(overheadCamera.projectNormalised([0, 0, 2]), undefined);
    assert.equal(overheadCamera.project([Number.NaN, 0, 0]), undefined);
  });

  it('takes pixels back to points', () => {
    const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, (x, y, z) => {
        const p = widowxFrontCamera.project([x, y, z]);
        fc.pre(p !== undefined && p.depth > 0.01);
        near(widowxFrontCamera.unproject(p.u, p.v, p.depth), [x, y, z], 1e-9);
      }),
    );
  });

  it('gives the same normalised coordinates at every resolution', () => {
    const small = widowxFrontCamera.resized(160, 120);
    const point = [0.3, 0.05, 0.02] as const;
    const [a, b] = [widowxFrontCamera.projectNormalised(point)!, small.projectNormalised(point)!];
    near([a.x, a.y], [b.x, b.y], 1e-12);
    // Four by four pixels become one: the centre of the first block is at 1.5.
    assert.equal(small.intrinsics.cx, (319.5 + 0.5) / 4 - 0.5);
    const corner = new CameraModel(
      { width: 4, height: 4, fx: 1, fy: 1, cx: 1.5, cy: 1.5 },
      {
        position: [0, 0, 0],
        orientation: [0, 0, 0, 1],
      },
    ).resized(1, 1);
    assert.equal(corner.intrinsics.cx, 0);
  });

  it('turns a forward-left-up camera frame into an optical one', () => {
    near(opticalFromForward([0, 0, 0, 1]), [-0.5, 0.5, -0.5, 0.5], 0);
  });
});
