import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AreaResizer, resizeArea } from '../../core/image/AreaResizer.ts';
import { bytes, goldenImage, maxDifference, noise } from '../adapters/goldenImage.ts';

describe('AreaResizer', () => {
  for (const { seed, from, to, rgb } of goldenImage.resize.cases) {
    const [width, height] = from;
    it(`equals OpenCV's INTER_AREA from ${from.join('x')} to ${to.join('x')}`, () => {
      const integerFactor = width % to[0] === 0 && height % to[1] === 0;
      const tolerance = integerFactor
        ? goldenImage.resize.integer_factor_tolerance
        : goldenImage.resize.tolerance;
      const out = resizeArea({ width, height, data: noise(seed, width * height * 3) }, ...to);
      assert.ok(maxDifference(out.data, bytes(rgb)) <= tolerance);
    });
  }

  it('gives the same picture for data at any byte offset', () => {
    const across = fc.constantFrom(1, 2, 3, 4, 6, 8, 12);
    const rows = fc.integer({ min: 2, max: 600 });
    const parameters = [across, rows, fc.nat(), fc.boolean()] as const;
    fc.assert(
      fc.property(...parameters, (factorX, height, seed, white) => {
        const width = factorX * 5;
        const resizer = new AreaResizer({ width, height }, { width: 5, height: 2 });
        const length = width * height * 3;
        const aligned = white ? new Uint8Array(length).fill(255) : noise(seed, length);
        const shifted = new Uint8Array(length + 1).subarray(1);
        shifted.set(aligned);
        const [a, b] = [new Uint8Array(30), new Uint8Array(30)];
        resizer.resize(aligned, a);
        resizer.resize(shifted, b);
        assert.deepEqual(a, b);
      }),
    );
  });

  it('keeps a single colour at any pair of sizes', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (w, h, toW, toH, level) => {
        const data = new Uint8Array(w * h * 3).fill(level);
        const out = resizeArea({ width: w, height: h, data }, toW, toH);
        assert.ok(out.data.every((value) => value === level));
      }),
    );
  });

  it('refuses sizes and buffers that do not fit', () => {
    assert.throws(
      () => new AreaResizer({ width: 0, height: 4 }, { width: 2, height: 2 }),
      /positive integers, found 0/,
    );
    const resizer = new AreaResizer({ width: 4, height: 4 }, { width: 2, height: 2 });
    const four = new Uint8Array(48);
    assert.throws(() => resizer.resize(new Uint8Array(47), new Uint8Array(12)), /source has 47/);
    assert.throws(() => resizer.resize(four, new Uint8Array(13)), /target has 13 bytes.*= 12/);
  });
});
