import type { ImageNormalisation } from './ModelSpec.ts';
import { type FloatTensor, floatTensor } from './Tensor.ts';

const LEVELS = 256;

/** Turns rgb8 pixels into what a network reads: `(pixel · scale − mean) / std`, channel planes. */
export class ImageNormaliser {
  readonly #width: number;
  readonly #height: number;
  /** The value of each of the 256 levels, for R, G and B in turn. */
  readonly #values: Float32Array;

  constructor(width: number, height: number, { scale, mean, std }: ImageNormalisation) {
    this.#width = width;
    this.#height = height;
    this.#values = Float32Array.from({ length: 3 * LEVELS }, (_, i) => {
      const channel = Math.floor(i / LEVELS) as 0 | 1 | 2;
      return ((i % LEVELS) * scale - mean[channel]) / std[channel];
    });
  }

  /** rgb8 pixels [V,H,W,3] → float32 [V,3,H,W]. */
  normalise(pixels: Uint8Array): FloatTensor {
    const area = this.#width * this.#height;
    const views = pixels.length / (3 * area);
    if (!Number.isInteger(views)) {
      const size = `${this.#width}x${this.#height}`;
      throw new RangeError(`${pixels.length} bytes are no whole number of ${size} rgb8 pictures`);
    }
    const values = this.#values;
    const out = new Float32Array(pixels.length);
    for (let view = 0; view < views; view++) {
      const start = view * 3 * area;
      for (let i = 0, source = start; i < area; i++, source += 3) {
        out[start + i] = values[pixels[source]!]!;
        out[start + area + i] = values[LEVELS + pixels[source + 1]!]!;
        out[start + 2 * area + i] = values[2 * LEVELS + pixels[source + 2]!]!;
      }
    }
    return floatTensor(out, [views, 3, this.#height, this.#width]);
  }
}
