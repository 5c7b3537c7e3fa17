import assert from 'node:assert/strict';
import { AreaResizer } from '../../core/image/AreaResizer.ts';
import { BicubicResizer } from '../../core/image/BicubicResizer.ts';
import { ViewConverter } from '../../core/image/ViewConverter.ts';
import { noise } from '../adapters/goldenImage.ts';

describe('ViewConverter', () => {
  const target = { width: 9, height: 7 };

  it("resizes in the model's way, also when the camera changes its size", () => {
    for (const [resample, Resizer] of [
      ['area', AreaResizer],
      ['bicubic', BicubicResizer],
    ] as const) {
      const converter = new ViewConverter({ ...target, resample });
      for (const source of [
        { width: 24, height: 20 },
        { width: 16, height: 20 },
      ]) {
        const data = noise(3, source.width * source.height * 3);
        const expected = new Uint8Array(target.width * target.height * 3);
        new Resizer(source, target).resize(data, expected);
        assert.deepEqual(converter.convert({ ...source, data }), { ...target, data: expected });
      }
    }
  });
});
