import sharp, { type Metadata } from 'sharp';
import { refused } from './DecodedImage.ts';
import type { DecodedImage } from './DecodedImage.ts';
import { PICTURE_LIMITS, type PictureLimits, tooLarge } from './pictureLimits.ts';

/** Encoders make about ten of a progressive picture; each goes over the whole picture. */
const MAX_SCANS = 40;
const START_OF_SCAN = Buffer.from([0xff, 0xda]);

/**
 * Decodes the data of a sensor_msgs/CompressedImage, JPEG or PNG by its first bytes (the message's
 * `format` is free text that drivers fill differently). Truncated and damaged files are refused, and
 * those that are larger than `limits` by their header, before time and memory are spent on them.
 */
export async function decodeCompressedImage(
  data: Uint8Array,
  limits: PictureLimits = PICTURE_LIMITS,
): Promise<DecodedImage> {
  if (!isJpeg(data) && !isPng(data)) {
    const found = [...data.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    return refused('encoding', `data starts with '${found}', expected a JPEG or PNG`);
  }
  try {
    const picture = sharp(data, {
      failOn: 'error',
      // The header's pixels are judged below, in our words.
      limitInputPixels: false,
      sequentialRead: true,
    });
    const header = await picture.metadata();
    const tooMuch = excess(header, data, limits);
    if (tooMuch !== undefined) return refused('size', tooMuch);
    if (header.depth === 'ushort' && header.channels < 3) {
      return refused('encoding', 'a picture of 16 bits without colours, such as depth, expected 8');
    }
    const { data: pixels, info } = await picture
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    if (pixels.length !== width * height * 3) {
      return refused('data', `${info.channels} channels after decoding, expected 3`);
    }
    return { ok: true, image: { width, height, data: pixels } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refused('data', `${data.length} bytes that do not decode: ${reason}`);
  }
}

/** Why a picture would take too long to decode; undefined where it would not. */
function excess(header: Metadata, data: Uint8Array, limits: PictureLimits): string | undefined {
  const scans = header.isProgressive && header.format === 'jpeg' ? countScans(data) : 1;
  if (scans <= MAX_SCANS) return tooLarge(header, limits);
  return `a JPEG of ${scans} scans, expected at most ${MAX_SCANS}`;
}

/** Inside coded data no FF is followed by DA. */
function countScans(data: Uint8Array): number {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let count = 0;
  for (let at = 0; (at = bytes.indexOf(START_OF_SCAN, at)) !== -1; at += 2) count += 1;
  return count;
}

function isJpeg(data: Uint8Array): boolean {
  return data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff;
}

function isPng(data: Uint8Array): boolean {
  return data[0] === 0x89 && data[1] === 0x50 && data[2] === 0x4e && data[3] === 0x47;
}
