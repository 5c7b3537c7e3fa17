import { checkImageLength, checkSize, type Size } from './sizes.ts';

/** Bits behind the point of a weight: 32 less those of a level and of a sum's overhang and sign. */
const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);
/** Reach of the kernel in samples, to each side. */
const REACH = 2;

/**
 * Resizes rgb8 pictures as PIL's BICUBIC does, to the bit: a cubic convolution kernel (Keys 1981,
 * a = −0.5) that is stretched where the picture shrinks, so that every source sample counts; weights
 * as integers; across first, rounded to 8 bits, then down. One instance serves one pair of sizes.
 *
 * libvips (sharp) has a cubic kernel, too, but rounds otherwise: up to 13 of 255 levels off where a
 * picture shrinks, and more where it grows.
 */
export class BicubicResizer {
  readonly #source: Size;
  readonly #target: Size;
  readonly #across: Taps;
  readonly #down: Taps;
  /** The picture between the two passes, 3 × target.width × source.height. */
  readonly #between: Uint8Array;

  /** @throws RangeError when a size is not a positive integer */
  constructor(source: Size, target: Size) {
    checkSize(source);
    checkSize(target);
    this.#source = { width: source.width, height: source.height };
    this.#target = { width: target.width, height: target.height };
    this.#across = tapsOf(source.width, target.width);
    this.#down = tapsOf(source.height, target.height);
    this.#between = new Uint8Array(3 * target.width * source.height);
  }

  /**
   * @param source rgb8, no padding
   * @param target receives rgb8, no padding
   * @throws RangeError when a buffer's length does not match its size
   */
  resize(source: Uint8Array, target: Uint8Array): void {
    checkImageLength('source', source, this.#source);
    checkImageLength('target', target, this.#target);
    const isSameWidth = this.#source.width === this.#target.width;
    const isSameHeight = this.#source.height === this.#target.height;
    const wide = isSameWidth ? source : isSameHeight ? target : this.#between;
    if (!isSameWidth) this.#resizeAcross(source, wide);
    if (!isSameHeight) this.#resizeDown(wide, target);
    else if (isSameWidth) target.set(source);
  }

  #resizeAcross(from: Uint8Array, to: Uint8Array): void {
    const { first, count, weights, stride } = this.#across;
    const rowBytes = this.#source.width * 3;
    let o = 0;
    for (let y = 0; y < this.#source.height; y++) {
      for (let x = 0; x < this.#target.width; x++, o += 3) {
        let r = HALF;
        let g = HALF;
        let b = HALF;
        let i = y * rowBytes + first[x]! * 3;
        const end = x * stride + count[x]!;
        for (let k = x * stride; k < end; k++, i += 3) {
          const weight = weights[k]!;
          r += weight * from[i]!;
          g += weight * from[i + 1]!;
          b += weight * from[i + 2]!;
        }
        to[o] = levelOf(r);
        to[o + 1] = levelOf(g);
        to[o + 2] = levelOf(b);
      }
    }
  }

  #resizeDown(from: Uint8Array, to: Uint8Array): void {
    const { first, count, weights, stride } = this.#down;
    const rowBytes = this.#target.width * 3;
    const sums = new Int32Array(rowBytes);
    for (let y = 0; y < this.#target.height; y++) {
      sums.fill(HALF);
      for (let k = 0; k < count[y]!; k++) {
        const weight = weights[y * stride + k]!;
        const row = (first[y]! + k) * rowBytes;
        for (let i = 0; i < rowBytes; i++) sums[i]! += weight * from[row + i]!;
      }
      for (let i = 0; i < rowBytes; i++) to[y * rowBytes + i] = levelOf(sums[i]!);
    }
  }
}

/** Which source samples make up each target sample: `count` from `first`. */
type Taps = {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights per target sample, 1 being 1 << WEIGHT_BITS. */
  readonly weights: Int32Array;
  readonly stride: number;
};

function tapsOf(source: number, target: number): Taps {
  const scale = source / target;
  const stretch = Math.max(1, scale);
  const reach = REACH * stretch;
  const stride = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(target);
  const count = new Int32Array(target);
  const weights = new Int32Array(target * stride);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(source, Math.trunc(centre + reach + 0.5));
    const exact: number[] = [];
    for (let k = begin; k < end; k++) exact.push(kernel((k - centre + 0.5) * (1 / stretch)));
    const sum = exact.reduce((total, weight) => total + weight, 0);
    first[i] = begin;
    count[i] = exact.length;
    exact.forEach((weight, k) => (weights[i * stride + k] = fixedPoint(weight / sum)));
  }
  return { first, count, weights, stride };
}

/** Keys' cubic with a = −0.5. */
function kernel(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Rounded to the nearest, halves away from zero. */
function fixedPoint(weight: number): number {
  const scaled = weight * (1 << WEIGHT_BITS);
  return Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
}

function levelOf(sum: number): number {
  const level = sum >> WEIGHT_BITS;
  return level < 0 ? 0 : level > 255 ? 255 : level;
}
