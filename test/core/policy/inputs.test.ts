import assert from 'node:assert/strict';
import { quatFromRotVec, quatMultiply } from '../../../core/math/quat.ts';
import type { Observation } from '../../../core/observation/Observation.ts';
import { gatherPixels } from '../../../core/policy/gatherPixels.ts';
import { ImageNormaliser } from '../../../core/policy/ImageNormaliser.ts';
import type { ImageSpec } from '../../../core/policy/ModelSpec.ts';
import { noiseFor } from '../../../core/policy/noiseFor.ts';
import { proprioOf } from '../../../core/policy/proprioception.ts';

const normalisation = { scale: 1 / 255, mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] } as const;

describe('ImageNormaliser', () => {
  it('makes channel planes out of pixels, view by view', () => {
    const pixels = Uint8Array.of(255, 0, 0, 0, 255, 255, 0, 0, 0, 255, 255, 255);
    const { data, shape } = new ImageNormaliser(2, 1, normalisation).normalise(pixels);
    assert.deepEqual(shape, [2, 3, 1, 2]);
    assert.deepEqual([...data], [1, -1, -1, 3, 0, 0.5, -1, 1, -1, 3, 0, 0.5]);
  });

  it('refuses a part of a picture', () => {
    const normaliser = new ImageNormaliser(2, 1, normalisation);
    assert.throws(() => normaliser.normalise(new Uint8Array(7)), /7 bytes .* 2x1/);
  });
});

function observe(...names: readonly string[]): Observation {
  return {
    id: 4n,
    stampNs: 0n,
    views: names.map((name, i) => ({
      name,
      image: { width: 2, height: 1, data: new Uint8Array(6).fill(i + 1) },
      stampNs: 0n,
    })),
    joints: {
      stampNs: 0n,
      names: [],
      positions: new Float64Array(),
      velocities: new Float64Array(),
    },
    baseFromEe: { position: [0.3, -0.1, 0.2], orientation: [0, 0, 0, 1] },
    gripperOpening: 0.75,
  };
}

describe('gatherPixels', () => {
  const image: ImageSpec = {
    width: 2,
    height: 1,
    resample: 'area',
    views: ['front', 'wrist'],
    planner: normalisation,
    eye: normalisation,
  };

  it('takes the views by name, in the order of the model', () => {
    const pixels = gatherPixels(observe('side', 'wrist', 'front'), image);
    assert.deepEqual([...pixels], [3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2]);
  });

  it('says which view is missing or of another size', () => {
    assert.throws(
      () => gatherPixels(observe('front'), image),
      /observation 4 has no view wrist, only front/,
    );
    assert.throws(
      () => gatherPixels(observe('front', 'wrist'), { ...image, width: 3 }),
      /view front: expected 3x1 rgb8, found 2x1 in 6 bytes/,
    );
  });
});

describe('proprioOf', () => {
  it('gives position, rotation from home in base axes, and opening', () => {
    const home = quatFromRotVec([0.4, 1.2, -0.3]);
    const orientation = quatMultiply(quatFromRotVec([0, 0, 0.5]), home);
    const observation = observe();
    const proprio = proprioOf(
      { ...observation, baseFromEe: { ...observation.baseFromEe, orientation } },
      home,
    );
    [0.3, -0.1, 0.2, 0, 0, 0.5, 0.75].forEach((expected, i) =>
      assert.ok(Math.abs(proprio[i]! - expected) < 1e-6, String(proprio)),
    );
  });
});

describe('noiseFor', () => {
  it('depends on seed and observation only', () => {
    assert.deepEqual(noiseFor(1n, 2n, 112), noiseFor(1n, 2n, 112));
    assert.notDeepEqual(noiseFor(1n, 2n, 112), noiseFor(1n, 3n, 112));
    assert.notDeepEqual(noiseFor(1n, 2n, 112), noiseFor(2n, 2n, 112));
  });

  it('is standard normal', () => {
    const noise = noiseFor(5n, 1n, 20_000);
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
    assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.04, `${mean}, ${variance}`);
  });
});
