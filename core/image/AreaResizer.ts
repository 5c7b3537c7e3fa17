import type { RgbImage } from '../observation/Observation.ts';
import { checkImageLength, checkSize, type Size } from './sizes.ts';

/**
 * Shrinks or enlarges rgb8 pictures as OpenCV's INTER_AREA does, within 1 of 255; exactly for
 * integer factors. One instance serves one pair of sizes and allocates nothing per picture.
 */
export class AreaResizer {
  readonly #source: Size;
  readonly #target: Size;
  readonly #resize: (source: Uint8Array, target: Uint8Array) => void;

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

function plan(source: Size, target: Size): (source: Uint8Array, target: Uint8Array) => void {
  if (source.width === target.width && source.height === target.height) {
    return (from, to) => to.set(from);
  }
  if (source.width % target.width === 0 && source.height % target.height === 0) {
    return blockAverage(source, target);
  }
  const shrinks = source.width >= target.width && source.height >= target.height;
  const taps = shrinks ? areaTaps : enlargingTaps;
  return weighted(
    source.width,
    taps(source.width, target.width),
    taps(source.height, target.height),
  );
}

type Resize = (from: Uint8Array, to: Uint8Array) => void;

/** Integer factors: the mean of each block, halves to the even neighbour as OpenCV rounds. */
function blockAverage(source: Size, target: Size): Resize {
  const factorX = source.width / target.width;
  const factorY = source.height / target.height;
  const byBytes = blockAverageByBytes(source, target);
  // Sums of up to 257 bytes fit the 16-bit lanes.
  if (!littleEndian || factorX % 4 !== 0 || (factorX / 4) * factorY > 257) return byBytes;
  const byWords = blockAverageByWords(source, target);
  return (from, to) => (from.byteOffset % 4 === 0 ? byWords : byBytes)(from, to);
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function blockAverageByBytes(source: Size, target: Size): Resize {
  const factorX = source.width / target.width;
  const factorY = source.height / target.height;
  const area = factorX * factorY;
  const rowBytes = source.width * 3;
  const columns = new Uint32Array(rowBytes);
  // OpenCV's 2 × 2 path rounds halves up; all others round them to even.
  const round = area === 4 && factorX === 2 ? halvesUp : halvesToEven;
  return (from, to) => {
    let o = 0;
    for (let y = 0; y < target.height; y++) {
      addRows(from, y * factorY * rowBytes, factorY, columns);
      for (let x = 0; x < target.width; x++) {
        let r = 0;
        let g = 0;
        let b = 0;
        for (let i = x * factorX * 3, end = i + factorX * 3; i < end; i += 3) {
          r += columns[i]!;
          g += columns[i + 1]!;
          b += columns[i + 2]!;
        }
        to[o] = round(r, area);
        to[o + 1] = round(g, area);
        to[o + 2] = round(b, area);
        o += 3;
      }
    }
  };
}

/**
 * The same where blocks are whole groups of four pixels: three words each, in which two lanes of 16
 * bits add up the even bytes, and two the odd ones. Bytes of a group: rgbr gbrg brgb.
 */
function blockAverageByWords(source: Size, target: Size): Resize {
  const factorY = source.height / target.height;
  const blockWords = (source.width / target.width / 4) * 3;
  const rowWords = (source.width * 3) / 4;
  const area = (source.width / target.width) * factorY;
  const mean = Uint8Array.from({ length: 255 * area + 1 }, (_, sum) => halvesToEven(sum, area));
  return (from, to) => {
    const words = new Uint32Array(from.buffer, from.byteOffset, from.length >> 2);
    let o = 0;
    for (let y = 0; y < target.height; y++) {
      const top = y * factorY * rowWords;
      for (let x = 0; x < target.width; x++) {
        let [even0, odd0, even1, odd1, even2, odd2] = [0, 0, 0, 0, 0, 0];
        for (let k = 0, row = top + x * blockWords; k < factorY; k++, row += rowWords) {
          for (let i = row, end = row + blockWords; i < end; i += 3) {
            const word0 = words[i]!;
            const word1 = words[i + 1]!;
            const word2 = words[i + 2]!;
            even0 += word0 & 0xff00ff;
            odd0 += (word0 >>> 8) & 0xff00ff;
            even1 += word1 & 0xff00ff;
            odd1 += (word1 >>> 8) & 0xff00ff;
            even2 += word2 & 0xff00ff;
            odd2 += (word2 >>> 8) & 0xff00ff;
          }
        }
        const r = (even0 & 0xffff) + (odd0 >>> 16) + (even1 >>> 16) + (odd2 & 0xffff);
        const g = (odd0 & 0xffff) + (even1 & 0xffff) + (odd1 >>> 16) + (even2 >>> 16);
        const b = (even0 >>> 16) + (odd1 & 0xffff) + (even2 & 0xffff) + (odd2 >>> 16);
        to[o] = mean[r]!;
        to[o + 1] = mean[g]!;
        to[o + 2] = mean[b]!;
        o += 3;
      }
    }
  };
}

const halvesUp = (sum: number, area: number): number => Math.floor(sum / area + 0.5);

function halvesToEven(sum: number, area: number): number {
  const value = sum / area;
  const up = Math.floor(value + 0.5);
  return up - value === 0.5 ? up & ~1 : up;
}

function addRows(from: Uint8Array, start: number, rows: number, sums: Uint32Array): void {
  const n = sums.length;
  for (let i = 0; i < n; i++) sums[i] = from[start + i]!;
  for (let k = 1; k < rows; k++) {
    const row = start + k * n;
    for (let i = 0; i < n; i++) sums[i]! += from[row + i]!;
  }
}

/** Which source samples make up each target sample: `count` from `first`, weights adding up to 1. */
type Taps = {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights per target sample. */
  readonly weights: Float64Array;
  readonly stride: number;
};

/** Each target sample is the mean of the stretch of source samples that it covers. */
function areaTaps(source: number, target: number): Taps {
  const scale = source / target;
  const stride = Math.ceil(scale) + 2;
  const taps = emptyTaps(target, stride);
  for (let i = 0; i < target; i++) {
    const start = i * scale;
    const end = Math.min(source, start + scale);
    const width = end - start;
    const first = Math.floor(start + 1e-9);
    let n = 0;
    for (let k = first; k < end - 1e-3 && k < source; k++) {
      const overlap = Math.min(k + 1, end) - Math.max(k, start);
      if (overlap < 1e-3) continue; // OpenCV leaves out slivers
      if (n === 0) taps.first[i] = k;
      taps.weights[i * stride + n++] = overlap / width;
    }
    taps.count[i] = n;
  }
  return taps;
}

/** Enlarging: OpenCV falls back to interpolation between the two samples a target sample touches. */
function enlargingTaps(source: number, target: number): Taps {
  const scale = source / target;
  const taps = emptyTaps(target, 2);
  for (let i = 0; i < target; i++) {
    const first = Math.min(Math.floor(i * scale), source - 1);
    const overhang = i + 1 - (first + 1) / scale;
    const fraction = overhang <= 0 ? 0 : overhang - Math.floor(overhang);
    const inside = first + 1 < source;
    taps.first[i] = first;
    taps.count[i] = inside ? 2 : 1;
    taps.weights[i * 2] = inside ? 1 - fraction : 1;
    taps.weights[i * 2 + 1] = inside ? fraction : 0;
  }
  return taps;
}

function emptyTaps(target: number, stride: number): Taps {
  return {
    first: new Int32Array(target),
    count: new Int32Array(target),
    weights: new Float64Array(target * stride),
    stride,
  };
}

/** Any factor: rows are shrunk horizontally, then blended vertically. */
function weighted(
  sourceWidth: number,
  across: Taps,
  down: Taps,
): (from: Uint8Array, to: Uint8Array) => void {
  const width = across.first.length;
  const height = down.first.length;
  const sums = new Float64Array(width * 3);
  return (from, to) => {
    for (let y = 0; y < height; y++) {
      sums.fill(0);
      for (let k = 0; k < down.count[y]!; k++) {
        const row = (down.first[y]! + k) * sourceWidth * 3;
        addRow(from, row, across, down.weights[y * down.stride + k]!, sums);
      }
      const o = y * width * 3;
      for (let i = 0; i < width * 3; i++) to[o + i] = Math.floor(sums[i]! + 0.5);
    }
  };
}

function addRow(
  from: Uint8Array,
  row: number,
  { first, count, weights, stride }: Taps,
  weight: number,
  sums: Float64Array,
): void {
  for (let x = 0; x < first.length; x++) {
    let r = 0;
    let g = 0;
    let b = 0;
    let i = row + first[x]! * 3;
    const end = x * stride + count[x]!;
    for (let k = x * stride; k < end; k++, i += 3) {
      const w = weights[k]!;
      r += w * from[i]!;
      g += w * from[i + 1]!;
      b += w * from[i + 2]!;
    }
    sums[x * 3]! += weight * r;
    sums[x * 3 + 1]! += weight * g;
    sums[x * 3 + 2]! += weight * b;
  }
}
