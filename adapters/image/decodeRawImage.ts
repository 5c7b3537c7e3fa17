import { printable } from '../../core/text/printable.ts';
import { refused } from './DecodedImage.ts';
import type { DecodedImage } from './DecodedImage.ts';
import { PICTURE_LIMITS, type PictureLimits, tooLarge } from './pictureLimits.ts';

/** The fields of sensor_msgs/Image that describe pixels. */
export type RawImage = {
  readonly width: number;
  readonly height: number;
  readonly encoding: string;
  /** Bytes from one row to the next. */
  readonly step: number;
  readonly data: Uint8Array;
};

export type RawOptions = {
  readonly reuse?: Uint8Array;
  /** Larger pictures are refused. */
  readonly limits?: PictureLimits;
};

/** Turns one row, from `start` in `from`, into rgb8 at `to[o]`. */
type RowConverter = (
  from: Uint8Array,
  start: number,
  width: number,
  to: Uint8Array,
  o: number,
) => void;

type Encoding = {
  readonly bytesPerPixel: number;
  /** Pixels that share their colour: the width must be a multiple. */
  readonly pixelGroup: number;
  readonly convertRow: RowConverter;
};

const rgb8: Encoding = {
  bytesPerPixel: 3,
  pixelGroup: 1,
  convertRow: (from, start, width, to, o) => to.set(from.subarray(start, start + width * 3), o),
};
const yuyv: Encoding = { bytesPerPixel: 2, pixelGroup: 2, convertRow: yuv422Row(0, 1, 3) };
const uyvy: Encoding = { bytesPerPixel: 2, pixelGroup: 2, convertRow: yuv422Row(1, 0, 2) };

/** By the names of sensor_msgs/image_encodings.hpp: `yuv422` is UYVY, `yuv422_yuy2` is YUYV. */
const encodings: ReadonlyMap<string, Encoding> = new Map([
  ['rgb8', rgb8],
  ['bgr8', { bytesPerPixel: 3, pixelGroup: 1, convertRow: channelRow(3, 2, 1, 0) }],
  ['rgba8', { bytesPerPixel: 4, pixelGroup: 1, convertRow: channelRow(4, 0, 1, 2) }],
  ['bgra8', { bytesPerPixel: 4, pixelGroup: 1, convertRow: channelRow(4, 2, 1, 0) }],
  ['mono8', { bytesPerPixel: 1, pixelGroup: 1, convertRow: channelRow(1, 0, 0, 0) }],
  ['yuv422_yuy2', yuyv],
  ['yuyv', yuyv],
  ['yuv422', uyvy],
  ['uyvy', uyvy],
]);

export const rawEncodings: readonly string[] = [...encodings.keys()];

/**
 * Converts an uncompressed picture to rgb8 without padding. An rgb8 picture that has none is
 * passed on as it is and shares the message's memory.
 *
 * @param options `reuse` is written to and returned when it has the right length; else a new buffer is
 *   made
 */
export function decodeRawImage(
  raw: RawImage,
  { reuse, limits = PICTURE_LIMITS }: RawOptions = {},
): DecodedImage {
  const { width, height, encoding: name, step, data } = raw;
  const encoding = encodings.get(name);
  if (encoding === undefined) {
    return refused(
      'encoding',
      `encoding '${printable(name)}', expected one of ${rawEncodings.join(', ')}`,
    );
  }
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    return refused('size', `size ${width} x ${height}, expected positive integers`);
  }
  const fault = tooLarge(raw, limits);
  if (fault !== undefined) return refused('size', fault);
  if (width % encoding.pixelGroup !== 0) {
    return refused(
      'size',
      `width ${width}, expected a multiple of ${encoding.pixelGroup} for ${name}`,
    );
  }
  const rowBytes = width * encoding.bytesPerPixel;
  if (!(Number.isInteger(step) && step >= rowBytes)) {
    return refused(
      'step',
      `step ${step}, expected at least ${rowBytes} for ${width} pixels of ${name}`,
    );
  }
  if (data.length !== step * height) {
    return refused(
      'data',
      `${data.length} bytes, expected step ${step} x height ${height} = ${step * height}`,
    );
  }
  if (encoding === rgb8 && step === rowBytes) return { ok: true, image: { width, height, data } };

  const size = width * height * 3;
  const out = reuse?.length === size ? reuse : new Uint8Array(size);
  for (let y = 0; y < height; y++) {
    encoding.convertRow(data, y * step, width, out, y * width * 3);
  }
  return { ok: true, image: { width, height, data: out } };
}

/** Pixels of `stride` bytes with red, green and blue at the given offsets. */
function channelRow(stride: number, red: number, green: number, blue: number): RowConverter {
  return (from, start, width, to, o) => {
    for (let i = start, end = start + width * stride; i < end; i += stride, o += 3) {
      to[o] = from[i + red]!;
      to[o + 1] = from[i + green]!;
      to[o + 2] = from[i + blue]!;
    }
  };
}

/** OpenCV's constants for BT.601 video range, 20 fractional bits (modules/imgproc, color_yuv). */
const [fromY, redFromV, greenFromV, greenFromU, blueFromU] = [
  1220542, 1673527, -852492, -409993, 2116026,
] as const;

/** Pairs of pixels in 4 bytes: luma at `luma` and `luma + 2`, blue and red difference at `u`, `v`. */
function yuv422Row(luma: number, u: number, v: number): RowConverter {
  return (from, start, width, to, o) => {
    for (let i = start, end = start + width * 2; i < end; i += 4) {
      const du = from[i + u]! - 128;
      const dv = from[i + v]! - 128;
      const red = (1 << 19) + redFromV * dv;
      const green = (1 << 19) + greenFromV * dv + greenFromU * du;
      const blue = (1 << 19) + blueFromU * du;
      for (let k = 0; k < 4; k += 2, o += 3) {
        const y = Math.max(0, from[i + luma + k]! - 16) * fromY;
        to[o] = clamp8((y + red) >> 20);
        to[o + 1] = clamp8((y + green) >> 20);
        to[o + 2] = clamp8((y + blue) >> 20);
      }
    }
  };
}

function clamp8(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
