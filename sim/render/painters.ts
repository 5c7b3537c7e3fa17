import type { Frame } from './Frame.ts';
import { shadowBrightness } from './lighting.ts';
import type { TextureFunction } from './textures.ts';

/** Fills horizontal runs of pixels of a triangle. */
export type Painter = {
  /**
   * Pixels `x0`…`x1` (inclusive) of row `y`. `w` is the inverse depth at `x0`, `dw` its step per
   * pixel; `s` and `ds` the same for brightness in palette entries.
   */
  span(y: number, x0: number, x1: number, w: number, dw: number, s: number, ds: number): void;
};

/** Paints one colour, shaded, behind a depth test. */
export class ColorPainter implements Painter {
  out: Uint8Array = new Uint8Array(0);
  palette: Uint8Array = new Uint8Array(768);
  /** Written into `Frame.receiver` under every pixel painted. */
  receiver = 0;
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  span(y: number, x0: number, x1: number, w: number, dw: number, s: number, ds: number): void {
    const { inverseDepth, receiver, width } = this.#frame;
    const { out, palette } = this;
    const last = y * width + x1;
    for (let i = y * width + x0; i <= last; i++) {
      if (w > inverseDepth[i]!) {
        inverseDepth[i] = w;
        receiver[i] = this.receiver;
        const p = (s < 0 ? 0 : s > 255 ? 255 : s | 0) * 3;
        const o = i * 3;
        out[o] = palette[p]!;
        out[o + 1] = palette[p + 1]!;
        out[o + 2] = palette[p + 2]!;
      }
      w += dw;
      s += ds;
    }
  }
}

/** As `ColorPainter`, with a pattern evaluated at the surface point under each pixel. */
export class TexturePainter implements Painter {
  out: Uint8Array = new Uint8Array(0);
  palette: Uint8Array = new Uint8Array(768);
  receiver = 0;
  texture: TextureFunction = () => 1;
  /**
   * The 12 numbers that take a pixel to the primitive's frame: for each axis k, the surface point is
   * `depth * (r[k] * x + r[k + 3] * y + r[k + 6]) + r[k + 9]`.
   */
  readonly localFromPixel = new Float64Array(12);
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  span(y: number, x0: number, x1: number, w: number, dw: number, s: number, ds: number): void {
    const { inverseDepth, receiver, width } = this.#frame;
    const { out, palette, localFromPixel: r } = this;
    const ax = r[3]! * y + r[6]!;
    const ay = r[4]! * y + r[7]!;
    const az = r[5]! * y + r[8]!;
    for (let x = x0; x <= x1; x++) {
      const i = y * width + x;
      if (w > inverseDepth[i]!) {
        inverseDepth[i] = w;
        receiver[i] = this.receiver;
        const depth = 1 / w;
        const pattern = this.texture(
          depth * (r[0]! * x + ax) + r[9]!,
          depth * (r[1]! * x + ay) + r[10]!,
          depth * (r[2]! * x + az) + r[11]!,
        );
        const t = s * pattern;
        const p = (t < 0 ? 0 : t > 255 ? 255 : t | 0) * 3;
        const o = i * 3;
        out[o] = palette[p]!;
        out[o + 1] = palette[p + 1]!;
        out[o + 2] = palette[p + 2]!;
      }
      w += dw;
      s += ds;
    }
  }
}

/** Writes a label instead of a colour. */
export class IdPainter implements Painter {
  out: Uint8Array = new Uint8Array(0);
  id = 0;
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  span(y: number, x0: number, x1: number, w: number, dw: number): void {
    const { inverseDepth, width } = this.#frame;
    const last = y * width + x1;
    for (let i = y * width + x0; i <= last; i++) {
      if (w > inverseDepth[i]!) {
        inverseDepth[i] = w;
        this.out[i] = this.id;
      }
      w += dw;
    }
  }
}

const shadowFactor = Math.round(shadowBrightness * 256);

/** Darkens, once, the pixels that show one receiving plane. */
export class ShadowPainter implements Painter {
  out: Uint8Array = new Uint8Array(0);
  receiver = 0;
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  span(y: number, x0: number, x1: number): void {
    const { receiver, width } = this.#frame;
    const { out } = this;
    const last = y * width + x1;
    for (let i = y * width + x0; i <= last; i++) {
      if (receiver[i] !== this.receiver) continue;
      receiver[i] = this.receiver | 128;
      const o = i * 3;
      out[o] = (out[o]! * shadowFactor) >> 8;
      out[o + 1] = (out[o + 1]! * shadowFactor) >> 8;
      out[o + 2] = (out[o + 2]! * shadowFactor) >> 8;
    }
  }
}
