import type { ImageSpec } from '../../core/policy/ModelSpec.ts';
import { AreaResizer } from '../../core/image/AreaResizer.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';

/** Brings one camera's pictures to the size that the model reads. */
export class ViewConverter {
  readonly #size: { readonly width: number; readonly height: number };
  #resizer: AreaResizer | undefined;
  #sourceSize = '';

  constructor({ width, height }: Pick<ImageSpec, 'width' | 'height'>) {
    this.#size = { width, height };
  }

  convert(image: RgbImage): RgbImage {
    const { width, height } = this.#size;
    const sourceSize = `${image.width}x${image.height}`;
    if (!this.#resizer || sourceSize !== this.#sourceSize) {
      this.#resizer = new AreaResizer(image, this.#size);
      this.#sourceSize = sourceSize;
    }
    const data = new Uint8Array(width * height * 3);
    this.#resizer.resize(image.data, data);
    return { width, height, data };
  }
}
