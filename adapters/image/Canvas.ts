import type { RgbImage } from '../../core/observation/Observation.ts';
import { glyphHeight, glyphPixel, glyphWidth } from './bitmapFont.ts';

/** 0…255 per channel. */
export type Color = readonly [red: number, green: number, blue: number];

export type TextStyle = {
  readonly color: Color;
  /** Pixels per font pixel, a positive integer. */
  readonly scale: number;
  readonly background?: Color;
};

/**
 * Draws on an rgb8 picture. Positions are pixel coordinates, centres at integers; what lies
 * outside, or is not finite, is left out.
 */
export class Canvas {
  readonly image: RgbImage;

  private constructor(image: RgbImage) {
    this.image = image;
  }

  static blank(width: number, height: number, color: Color): Canvas {
    const canvas = new Canvas({ width, height, data: new Uint8Array(width * height * 3) });
    canvas.fillRect(0, 0, width, height, color);
    return canvas;
  }

  /** The picture given stays as it is. */
  static copyOf({ width, height, data }: RgbImage): Canvas {
    return new Canvas({ width, height, data: Uint8Array.from(data) });
  }

  static textWidth(text: string, scale: number): number {
    return text.length * glyphWidth * scale;
  }

  fillRect(x: number, y: number, width: number, height: number, color: Color): void {
    const x0 = Math.max(0, Math.round(x));
    const x1 = Math.min(this.image.width, Math.round(x + width));
    const y1 = Math.min(this.image.height, Math.round(y + height));
    for (let row = Math.max(0, Math.round(y)); row < y1; row++) {
      for (let column = x0; column < x1; column++) this.#blend(column, row, color, 1);
    }
  }

  /** The outline of a rectangle between two corners. */
  strokeRect(x0: number, y0: number, x1: number, y1: number, color: Color, width: number): void {
    this.line(x0, y0, x1, y0, color, width);
    this.line(x1, y0, x1, y1, color, width);
    this.line(x1, y1, x0, y1, color, width);
    this.line(x0, y1, x0, y0, color, width);
  }

  /** A line with round ends; its edge is blended over one pixel. */
  line(x0: number, y0: number, x1: number, y1: number, color: Color, width: number): void {
    if (![x0, y0, x1, y1].every(Number.isFinite)) return;
    const reach = width / 2 + 0.5;
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
    const right = Math.min(this.image.width - 1, Math.ceil(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
    const bottom = Math.min(this.image.height - 1, Math.ceil(Math.max(y0, y1) + reach));
    const dx = x1 - x0;
    const dy = y1 - y0;
    const squared = dx * dx + dy * dy;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const t = squared === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / squared;
        const along = Math.min(1, Math.max(0, t));
        const ex = x - x0 - along * dx;
        const ey = y - y0 - along * dy;
        const coverage = reach - Math.sqrt(ex * ex + ey * ey);
        if (coverage > 0) this.#blend(x, y, color, Math.min(1, coverage));
      }
    }
  }

  disc(x: number, y: number, radius: number, color: Color): void {
    this.line(x, y, x, y, color, radius * 2);
  }

  /** Text with its top left corner at a pixel. */
  text(x: number, y: number, text: string, { color, scale, background }: TextStyle): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    if (background !== undefined) {
      const width = Canvas.textWidth(text, scale) + scale;
      this.fillRect(x - scale, y - scale, width, (glyphHeight + 1) * scale, background);
    }
    for (let k = 0; k < text.length; k++) {
      const left = Math.round(x) + k * glyphWidth * scale;
      for (let row = 0; row < glyphHeight; row++) {
        for (let column = 0; column < glyphWidth; column++) {
          if (!glyphPixel(text[k]!, column, row)) continue;
          this.fillRect(left + column * scale, Math.round(y) + row * scale, scale, scale, color);
        }
      }
    }
  }

  /** Copies a picture, its top left corner at a pixel. */
  paste({ width, height, data }: RgbImage, x: number, y: number): void {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const i = (row * width + column) * 3;
        this.#blend(x + column, y + row, [data[i]!, data[i + 1]!, data[i + 2]!], 1);
      }
    }
  }

  #blend(x: number, y: number, color: Color, coverage: number): void {
    const { width, height, data } = this.image;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const i = (y * width + x) * 3;
    for (let c = 0; c < 3; c++) {
      data[i + c] = Math.round(data[i + c]! + (color[c]! - data[i + c]!) * coverage);
    }
  }
}
