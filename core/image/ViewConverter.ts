import type { ImageSpec } from '../policy/ModelSpec.ts';
import { AreaResizer } from './AreaResizer.ts';
import { BicubicResizer } from './BicubicResizer.ts';
import type { RgbImage } from '../observation/Observation.ts';

const RESIZERS = { area: AreaResizer, bicubic: BicubicResizer };

/** Brings one camera's pictures to the size that the model reads, in the model's way. */
export class ViewConverter {
  readonly #size: { readonly width: number; readonly height: number };
  readonly #Resizer: (typeof RESIZERS)[ImageSpec['resample']];
  #resizer: AreaResizer | BicubicResizer | undefined;
  #sourceSize = '';

  constructor({ width, height, resample }: Pick<ImageSpec, 'width' | 'height' | 'resample'>) {
    this.#size = { width, height };
    this.#Resizer = RESIZERS[resample];
  }

  convert(image: RgbImage): RgbImage {
    const { width, height } = this.#size;
    const sourceSize = `${image.width}x${image.height}`;
    if (!this.#resizer || sourceSize !== this.#sourceSize) {
      this.#resizer = new this.#Resizer(image, this.#size);
      this.#sourceSize = sourceSize;
    }
    const data = new Uint8Array(width * height * 3);
    this.#resizer.resize(image.data, data);
    return { width, height, data };
  }
}
