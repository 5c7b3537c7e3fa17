import type { RgbImage } from '../observation/Observation.ts';
import { areaTaps, enlargingTaps } from './areaTaps.ts';
import type { Resize } from './blockAverage.ts';
import { blockAverage } from './blockAverage.ts';
import { checkImageLength, checkSize, type Size } from './sizes.ts';
import { weightedAverage } from './weightedAverage.ts';

/**
 * Shrinks or enlarges rgb8 pictures as OpenCV's INTER_AREA does, within 1 of 255; exactly for
 * integer factors. One instance serves one pair of sizes and allocates nothing per picture.
 */
export class AreaResizer {
  readonly #source: Size;
  readonly #target: Size;
  readonly #resize: Resize;

  /** @throws RangeError when a size is not a positive integer */
  constructor(source: Size, target: Size) {
    checkSize(source);
    checkSize(target);
    this.#source = { width: source.width, height: source.height };
    this.#target = { width: target.width, height: target.height };
    this.#resize = plan(this.#source, this.#target);
  }

  /**
   * @param source rgb8, no padding
   * @param target receives rgb8, no padding
   * @throws RangeError when a buffer's length does not match its size
   */
  resize(source: Uint8Array, target: Uint8Array): void {
    checkImageLength('source', source, this.#source);
    checkImageLength('target', target, this.#target);
    this.#resize(source, target);
  }
}

/** `AreaResizer` for a single picture. */
export function resizeArea(image: RgbImage, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  new AreaResizer(image, { width, height }).resize(image.data, data);
  return { width, height, data };
}

function plan(source: Size, target: Size): Resize {
  if (source.width === target.width && source.height === target.height) {
    return (from, to) => to.set(from);
  }
  if (source.width % target.width === 0 && source.height % target.height === 0) {
    return blockAverage(source, target);
  }
  const shrinks = source.width >= target.width && source.height >= target.height;
  const taps = shrinks ? areaTaps : enlargingTaps;
  return weightedAverage(source, {
    across: taps(source.width, target.width),
    down: taps(source.height, target.height),
  });
}
