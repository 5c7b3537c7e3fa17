import type { CameraModel } from './CameraModel.ts';
import { Frame } from './Frame.ts';
import type { Primitive } from './Primitive.ts';
import type { PixelRect } from './TriangleRaster.ts';

/** A horizontal face that shows shadows, and the pixels it can cover. */
export type ShadowPlane = { readonly heightM: number; readonly rect: PixelRect };

/** A picture to draw over, with the buffers that it was drawn into. */
export class Layer {
  readonly frame: Frame;
  readonly pixels: Uint8Array;
  planes: readonly ShadowPlane[] = [];
  /** What is in it and casts shadows on what is drawn over it. */
  casters: readonly Primitive[] = [];

  constructor({ width, height }: CameraModel) {
    this.frame = new Frame(width, height);
    this.pixels = new Uint8Array(width * height * 3);
  }
}
