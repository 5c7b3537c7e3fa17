import sharp from 'sharp';
import { refused } from './DecodedImage.ts';
import type { DecodedImage } from './DecodedImage.ts';

/** Larger pictures are refused before memory is spent on them. */
const maxPixels = 64e6;

/**
 * Decodes the data of a sensor_msgs/CompressedImage, JPEG or PNG by its first bytes (the message's
 * `format` is free text that drivers fill differently). Truncated and damaged files are refused.
 */
export async function decodeCompressedImage(data: Uint8Array): Promise<DecodedImage> {
  if (!isJpeg(data) && !isPng(data)) {
    const found = [...data.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
    return refused('encoding', `data starts with '${found}', expected a JPEG or PNG`);
  }
  try {
    const { data: pixels, info } = await sharp(data, {
      failOn: 'error',
      limitInputPixels: maxPixels,
      sequentialRead: true,
    })
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

function isJpeg(data: Uint8Array): boolean {
  return data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff;
}

function isPng(data: Uint8Array): boolean {
  return data[0] === 0x89 && data[1] === 0x50 && data[2] === 0x4e && data[3] === 0x47;
}
