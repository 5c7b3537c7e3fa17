import type { Taps } from './areaTaps.ts';
import type { Resize } from './blockAverage.ts';
import { littleEndian } from './blockAverage.ts';
import type { Size } from './sizes.ts';

type TapsOfBoth = { readonly across: Taps; readonly down: Taps };

/** Adds a row of the source, shrunk horizontally, to sums of the target's row. */
type AddRow = (row: number, weight: number, sums: Float64Array) => void;

/** Any factor: rows are shrunk horizontally, then blended vertically. */
export function weightedAverage({ width }: Size, { across, down }: TapsOfBoth): Resize {
  const columns = across.first.length;
  const sums = new Float64Array(columns * 3);
  const factor = width / columns;
  // Shares of powers of two are exact, so that both ways give the same picture.
  const hasWords = littleEndian && factor % 4 === 0 && Number.isInteger(Math.log2(factor));
  return (from, to) => {
    const add =
      hasWords && from.byteOffset % 4 === 0
        ? addBlocks(from, width, factor)
        : addTaps(from, width, across);
    for (let y = 0; y < down.first.length; y++) {
      sums.fill(0);
      for (let k = 0; k < down.count[y]!; k++) {
        add(down.first[y]! + k, down.weights[y * down.stride + k]!, sums);
      }
      const o = y * sums.length;
      for (let i = 0; i < sums.length; i++) to[o + i] = Math.floor(sums[i]! + 0.5);
    }
  };
}

function addTaps(from: Uint8Array, width: number, taps: Taps): AddRow {
  const { first, count, weights, stride } = taps;
  return (row, weight, sums) => {
    const start = row * width * 3;
    for (let x = 0; x < first.length; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let i = start + first[x]! * 3;
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
  };
}

/** The same where each target sample is the mean of whole groups of four pixels: three words each. */
function addBlocks(from: Uint8Array, width: number, factor: number): AddRow {
  const words = new Uint32Array(from.buffer, from.byteOffset, from.length >> 2);
  const rowWords = (width * 3) / 4;
  const blockWords = (factor / 4) * 3;
  return (row, weight, sums) => {
    const share = weight / factor;
    let o = 0;
    for (let i = row * rowWords, last = i + rowWords; i < last;) {
      let [r, g, b] = [0, 0, 0];
      for (const end = i + blockWords; i < end; i += 3) {
        const word0 = words[i]!;
        const word1 = words[i + 1]!;
        const word2 = words[i + 2]!;
        r += (word0 & 0xff) + (word0 >>> 24) + ((word1 >>> 16) & 0xff) + ((word2 >>> 8) & 0xff);
        g += ((word0 >>> 8) & 0xff) + (word1 & 0xff) + (word1 >>> 24) + ((word2 >>> 16) & 0xff);
        b += ((word0 >>> 16) & 0xff) + ((word1 >>> 8) & 0xff) + (word2 & 0xff) + (word2 >>> 24);
      }
      sums[o]! += share * r;
      sums[o + 1]! += share * g;
      sums[o + 2]! += share * b;
      o += 3;
    }
  };
}
