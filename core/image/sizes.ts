export type Size = { readonly width: number; readonly height: number };

/** @throws RangeError when a side is not a positive integer */
export function checkSize({ width, height }: Size): void {
  for (const side of [width, height]) {
    if (Number.isInteger(side) && side >= 1) continue;
    throw new RangeError(`image sizes must be positive integers, found ${side}`);
  }
}

/** @throws RangeError when rgb8 data do not have the length of their size */
export function checkImageLength(name: string, data: Uint8Array, { width, height }: Size): void {
  if (data.length === width * height * 3) return;
  throw new RangeError(
    `${name} has ${data.length} bytes, expected ${width} x ${height} x 3 = ${width * height * 3}`,
  );
}
