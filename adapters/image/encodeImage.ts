import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { RgbImage } from '../../core/observation/Observation.ts';

export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  return open(image).png().toBuffer();
}

/** @param quality 1…100 */
export async function encodeJpeg(image: RgbImage, quality = 90): Promise<Uint8Array> {
  return open(image).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** Writes a PNG file, and the folders above it where they are missing. */
export async function writePng(image: RgbImage, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await open(image).png().toFile(path);
}

function open({ width, height, data }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
