import assert from 'node:assert/strict';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import type { DecodedImage, ImageFault } from '../../adapters/image/DecodedImage.ts';
import { decodeRawImage } from '../../adapters/image/decodeRawImage.ts';
import type { RawImage } from '../../adapters/image/decodeRawImage.ts';
import { encodeJpeg, encodePng } from '../../adapters/image/encodeImage.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { bytes, goldenImage, maxDifference, noise } from './goldenImage.ts';

function decoded(result: DecodedImage): RgbImage {
  assert.ok(result.ok, result.ok ? '' : result.fault.message);
  return result.image;
}

function fault(result: DecodedImage): ImageFault {
  assert.ok(!result.ok, 'expected a refusal');
  return result.fault;
}

describe('decodeRawImage', () => {
  for (const { seed, encoding, channels, size, rgb } of goldenImage.encodings.cases) {
    const [width, height] = size;
    const rowBytes = width * channels;
    const data = noise(seed, rowBytes * height);

    it(`converts ${encoding} as OpenCV does`, () => {
      const image = decoded(decodeRawImage({ width, height, encoding, step: rowBytes, data }));
      assert.equal(maxDifference(image.data, bytes(rgb)), goldenImage.encodings.tolerance);
    });

    it(`skips the padding of ${encoding} rows`, () => {
      const step = rowBytes + 5;
      const padded = new Uint8Array(step * height).fill(99);
      for (let y = 0; y < height; y++) {
        padded.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), y * step);
      }
      const image = decoded(decodeRawImage({ width, height, encoding, step, data: padded }));
      assert.deepEqual(image.data, bytes(rgb));
    });
  }

  it('passes an unpadded rgb8 picture on without copying', () => {
    const data = noise(1, 4 * 3 * 3);
    const raw = { width: 4, height: 3, encoding: 'rgb8', step: 12, data };
    assert.equal(decoded(decodeRawImage(raw)).data, data);
  });

  it('drops the padding of rgb8 and writes into a buffer of the right length only', () => {
    const raw = { width: 1, height: 2, encoding: 'rgb8', step: 4, data: noise(1, 8) };
    const reuse = new Uint8Array(6);
    assert.equal(decoded(decodeRawImage(raw, { reuse })).data, reuse);
    assert.deepEqual([...reuse], [...raw.data.subarray(0, 3), ...raw.data.subarray(4, 7)]);
    assert.equal(decoded(decodeRawImage(raw, { reuse: new Uint8Array(7) })).data.length, 6);
  });

  const good: RawImage = {
    width: 4,
    height: 2,
    encoding: 'bgr8',
    step: 12,
    data: new Uint8Array(24),
  };
  const refusals: [string, Partial<RawImage>, ImageFault['code'], RegExp][] = [
    ['an unknown encoding', { encoding: '32FC1' }, 'encoding', /'32FC1', expected one of rgb8/],
    ['an empty encoding', { encoding: '' }, 'encoding', /encoding ''/],
    ['no width', { width: 0 }, 'size', /0 x 2/],
    ['a fractional height', { height: 1.5 }, 'size', /4 x 1.5/],
    ['a width like none', { width: 9000 }, 'size', /9000 x 2, expected at most 8192 a side/],
    ['a height like none', { height: 2 ** 32 - 1 }, 'size', /4 x 4294967295/],
    ['too many pixels', { width: 8000, height: 8000 }, 'size', /and 25000000 pixels/],
    ['an odd width of yuyv', { width: 3, encoding: 'yuyv' }, 'size', /multiple of 2/],
    ['a step below a row', { step: 11 }, 'step', /step 11, expected at least 12/],
    ['step 0', { step: 0 }, 'step', /step 0/],
    ['too little data', { data: new Uint8Array(23) }, 'data', /23 bytes.*= 24/],
    ['too much data', { data: new Uint8Array(25) }, 'data', /25 bytes/],
    ['a step that the data does not have', { step: 16 }, 'data', /= 32/],
  ];
  for (const [name, change, code, message] of refusals) {
    it(`refuses ${name}`, () => {
      const found = fault(decodeRawImage({ ...good, ...change }));
      assert.equal(found.code, code);
      assert.match(found.message, message);
    });
  }
});

describe('decodeCompressedImage', () => {
  for (const { name, tolerance, size, data, rgb } of goldenImage.compressed.cases) {
    it(`decodes a ${name} as OpenCV does`, async () => {
      const image = decoded(await decodeCompressedImage(bytes(data)));
      assert.deepEqual([image.width, image.height], size);
      assert.ok(maxDifference(image.data, bytes(rgb)) <= tolerance);
    });
  }

  const picture: RgbImage = { width: 48, height: 40, data: noise(3, 48 * 40 * 3) };

  for (const [name, encode] of [
    ['JPEG', encodeJpeg],
    ['PNG', encodePng],
  ] as const) {
    it(`refuses a ${name} cut anywhere`, async () => {
      const whole = await encode(picture);
      decoded(await decodeCompressedImage(whole));
      for (const share of [0.1, 0.5, 0.9]) {
        const cut = whole.subarray(0, Math.floor(whole.length * share));
        assert.equal(fault(await decodeCompressedImage(cut)).code, 'data', `at ${share}`);
      }
    });
  }

  it('refuses what is neither JPEG nor PNG', async () => {
    for (const data of [new Uint8Array(0), Uint8Array.of(71, 73, 70, 56), new Uint8Array(1000)]) {
      assert.equal(fault(await decodeCompressedImage(data)).code, 'encoding');
    }
  });
});

describe('encodeImage', () => {
  it('keeps every pixel in a PNG', async () => {
    const picture: RgbImage = { width: 9, height: 5, data: noise(8, 9 * 5 * 3) };
    assert.deepEqual(
      decoded(await decodeCompressedImage(await encodePng(picture))).data,
      Buffer.from(picture.data),
    );
  });
});
