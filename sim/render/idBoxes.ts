/** The pixels of one label: an exact box around them, normalised 0…1, and how many there are. */
export type IdBox = {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly pixels: number;
};

/**
 * The boxes of every label of a `renderIds` picture. The box of a single pixel has that pixel's
 * area, so boxes agree between resolutions. Labels that are not seen are absent.
 */
export function idBoxes(ids: Uint8Array, width: number, height: number): Map<number, IdBox> {
  const left = new Int32Array(256).fill(width);
  const right = new Int32Array(256).fill(-1);
  const top = new Int32Array(256).fill(height);
  const bottom = new Int32Array(256).fill(-1);
  const pixels = new Int32Array(256);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const id = ids[i]!;
      if (id === 0) continue;
      if (x < left[id]!) left[id] = x;
      if (x > right[id]!) right[id] = x;
      if (y < top[id]!) top[id] = y;
      bottom[id] = y;
      pixels[id]!++;
    }
  }
  const boxes = new Map<number, IdBox>();
  for (let id = 1; id < 256; id++) {
    if (pixels[id] === 0) continue;
    boxes.set(id, {
      x1: left[id]! / width,
      y1: top[id]! / height,
      x2: (right[id]! + 1) / width,
      y2: (bottom[id]! + 1) / height,
      pixels: pixels[id]!,
    });
  }
  return boxes;
}
