import type { RgbImage } from '../../core/observation/Observation.ts';
import { glyphHeight } from './bitmapFont.ts';
import { Canvas } from './Canvas.ts';
import type { Color } from './Canvas.ts';

export type ContactSheetCell = {
  readonly image: RgbImage;
  /** ASCII; one line, cut where the picture ends. */
  readonly caption: string;
  /** Green or red around the picture; none without. */
  readonly frame?: 'good' | 'bad';
};

const paper: Color = [246, 246, 244];
const ink: Color = [30, 30, 34];
const frameColors: Record<'good' | 'bad', Color> = { good: [30, 160, 70], bad: [214, 48, 49] };

/**
 * Pictures in a grid, row by row, each over its caption. Cells are as large as the largest picture.
 *
 * @throws RangeError when there is no cell or `columns` is not a positive integer
 */
export function contactSheet(cells: readonly ContactSheetCell[], columns: number): RgbImage {
  if (cells.length === 0) throw new RangeError('a contact sheet needs at least one cell');
  if (!Number.isInteger(columns) || columns < 1) {
    throw new RangeError(`columns must be a positive integer, found ${columns}`);
  }
  const width = Math.max(...cells.map((cell) => cell.image.width));
  const height = Math.max(...cells.map((cell) => cell.image.height));
  const scale = Math.max(1, Math.round(width / 320));
  const border = 2 * scale;
  const gap = 4 * scale;
  const captionHeight = (glyphHeight + 2) * scale;
  const pitchX = width + 2 * border + gap;
  const pitchY = height + 2 * border + captionHeight + gap;
  const usedColumns = Math.min(columns, cells.length);
  const rows = Math.ceil(cells.length / columns);

  const canvas = Canvas.blank(usedColumns * pitchX + gap, rows * pitchY + gap, paper);
  cells.forEach(({ image, caption, frame }, i) => {
    const x = gap + (i % columns) * pitchX;
    const y = gap + Math.floor(i / columns) * pitchY;
    if (frame !== undefined) {
      const [w, h] = [image.width + 2 * border, image.height + 2 * border];
      canvas.fillRect(x, y, w, h, frameColors[frame]);
    }
    canvas.paste(image, x + border, y + border);
    canvas.text(x + border, y + 2 * border + height + 2 * scale, fit(caption, width, scale), {
      color: frame === undefined ? ink : frameColors[frame],
      scale,
    });
  });
  return canvas.image;
}

/** Cuts a text to a width, with two dots where something is missing. */
function fit(text: string, width: number, scale: number): string {
  const room = Math.floor(width / Canvas.textWidth('x', scale));
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 2))}..`;
}
