/** Of pictures that are decoded. */
export type PictureLimits = {
  /** Of width and of height, pixels. */
  readonly maxSide: number;
  readonly maxPixels: number;
};

/**
 * Cameras of robots have 20 megapixels at most, and rows of some thousand. Larger pictures would hold
 * up those that come after them: 64 megapixels take a second on one core, decoded and resized.
 */
export const PICTURE_LIMITS: PictureLimits = { maxSide: 8192, maxPixels: 25_000_000 };

/** Why a picture is too large to be decoded; undefined where it is not. */
export function tooLarge(
  { width, height }: { readonly width: number; readonly height: number },
  { maxSide, maxPixels }: PictureLimits,
): string | undefined {
  const isSmall = width <= maxSide && height <= maxSide && width * height <= maxPixels;
  if (isSmall) return undefined;
  return `size ${width} x ${height}, expected at most ${maxSide} a side and ${maxPixels} pixels`;
}
