import sharp from 'sharp';
import type { RgbImage } from '../../core/observation/Observation.ts';

export type FilmTiming = {
  readonly frameMs: number;
  /** How long the last picture stays. */
  readonly lastFrameMs: number;
};

/** An animated WebP of pictures of one size; nothing where there are none. */
export async function encodeFilm(
  images: readonly RgbImage[],
  { frameMs, lastFrameMs }: FilmTiming,
): Promise<Uint8Array> {
  const first = images[0];
  if (first === undefined) return new Uint8Array(0);
  const { width, height } = first;
  const pages = Buffer.concat(images.map(({ data }) => data));
  const delay = images.map((_, i) => (i === images.length - 1 ? lastFrameMs : frameMs));
  return sharp(pages, {
    raw: { width, height: height * images.length, channels: 3, pageHeight: height },
  })
    .webp({ quality: 70, delay, loop: 0 })
    .toBuffer();
}
