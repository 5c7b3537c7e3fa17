import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { BicubicResizer } from '../../core/image/BicubicResizer.ts';
import { bytes, noise } from '../adapters/goldenImage.ts';

type Case = {
  readonly seed: number;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
} & ({ readonly rgb: string } | { readonly sha256: string });

/** What PIL answers; `generator` says how it was made. */
const golden = JSON.parse(
  readFileSync(new URL('../../../test/adapters/golden/bicubic.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

function resize(
  data: Uint8Array,
  [width, height]: readonly [number, number],
  [toWidth, toHeight]: readonly [number, number],
): Uint8Array {
  const target = new Uint8Array(toWidth * toHeight * 3);
  const size = { width: toWidth, height: toHeight };
  new BicubicResizer({ width, height }, size).resize(data, target);
  return target;
}

describe('BicubicResizer', () => {
  for (const { seed, from, to, ...answer } of golden.cases) {
    it(`equals PIL's BICUBIC to the bit from ${from.join('x')} to ${to.join('x')}`, () => {
      const out = resize(noise(seed, from[0] * from[1] * 3), from, to);
      if ('rgb' in answer) assert.deepEqual(out, bytes(answer.rgb));
      else assert.equal(createHash('sha256').update(out).digest('hex'), answer.sha256);
    });
  }

  it('keeps a single colour at any pair of sizes', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (w, h, toW, toH, level) => {
        const out = resize(new Uint8Array(w * h * 3).fill(level), [w, h], [toW, toH]);
        assert.ok(out.every((value) => value === level));
      }),
    );
  });

  it('refuses sizes and buffers that do not fit', () => {
    const four = { width: 4, height: 4 };
    assert.throws(() => new BicubicResizer(four, { width: 2, height: 0 }), /integers, found 0/);
    const resizer = new BicubicResizer(four, { width: 2, height: 2 });
    assert.throws(() => resizer.resize(new Uint8Array(47), new Uint8Array(12)), /source has 47/);
    assert.throws(() => resizer.resize(new Uint8Array(48), new Uint8Array(13)), /target has 13/);
  });
});
