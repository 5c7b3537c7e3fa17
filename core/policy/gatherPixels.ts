import type { Observation } from '../observation/Observation.ts';
import type { ImageSpec } from './ModelSpec.ts';

/**
 * The pictures of an observation by name, in the model's order: a fresh rgb8 buffer [V,H,W,3].
 * Throws when a view is missing or has another size than the model reads.
 */
export function gatherPixels(observation: Observation, image: ImageSpec): Uint8Array {
  const { width, height, views } = image;
  const length = width * height * 3;
  const pixels = new Uint8Array(views.length * length);
  views.forEach((name, i) => {
    const picture = observation.views.find((view) => view.name === name)?.image;
    if (!picture) {
      const names = observation.views.map((view) => view.name).join(', ');
      throw new Error(`observation ${observation.id} has no view ${name}, only ${names || 'none'}`);
    }
    if (picture.width !== width || picture.height !== height || picture.data.length !== length) {
      const found = `${picture.width}x${picture.height} in ${picture.data.length} bytes`;
      throw new Error(`view ${name}: expected ${width}x${height} rgb8, found ${found}`);
    }
    pixels.set(picture.data, i * length);
  });
  return pixels;
}
