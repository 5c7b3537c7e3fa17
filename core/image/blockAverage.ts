import type { Size } from './sizes.ts';

/** Rgb8 pictures without padding. */
export type Resize = (from: Uint8Array, to: Uint8Array) => void;

/** Integer factors: the mean of each block, halves to the even neighbour as OpenCV rounds. */
export function blockAverage(source: Size, target: Size): Resize {
  const factorX = source.width / target.width;
  const factorY = source.height / target.height;
  const byBytes = blockAverageByBytes(source, target);
  // Sums of up to 257 bytes fit the 16-bit lanes.
  if (!littleEndian || factorX % 4 !== 0 || (factorX / 4) * factorY > 257) return byBytes;
  const byWords = blockAverageByWords(source, target);
  return (from, to) => (from.byteOffset % 4 === 0 ? byWords : byBytes)(from, to);
}

export const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

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
