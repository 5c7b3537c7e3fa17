import { escapeHtml } from './escapeHtml.ts';

export type Line = {
  readonly name: string;
  /** One of the classes of `PLOT_STYLE`. */
  readonly style: 'recorded' | 'first' | 'second';
  /** x ascending; where y is NaN the line is broken. */
  readonly points: readonly (readonly [x: number, y: number])[];
};

export type LinePlot = {
  readonly title: string;
  readonly xLabel: string;
  readonly lines: readonly Line[];
  /** Shown in any case. */
  readonly yRange?: readonly [least: number, most: number];
};

const WIDTH = 370;
const HEIGHT = 160;
const LEFT = 42;
const RIGHT = 10;
const TOP = 24;
const BOTTOM = 30;
const TICKS = 4;

/** Lines over axes, as SVG that takes its colours from the page. */
export function linePlot({ title, xLabel, lines, yRange }: LinePlot): string {
  const points = lines.flatMap((line) => line.points).filter(([, y]) => Number.isFinite(y));
  const [x0, x1] = rangeOf(points.map(([x]) => x));
  const [y0, y1] = rangeOf([...points.map(([, y]) => y), ...(yRange ?? [])]);
  const toX = (x: number) => LEFT + ((x - x0) / (x1 - x0)) * (WIDTH - LEFT - RIGHT);
  const toY = (y: number) => HEIGHT - BOTTOM - ((y - y0) / (y1 - y0)) * (HEIGHT - TOP - BOTTOM);
  const yTicks = niceTicks(y0, y1).map((y) => {
    const at = toY(y).toFixed(1);
    return (
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>` +
      `<text x="${LEFT - 5}" y="${at}" dy="0.32em" text-anchor="end">${shortNumber(y)}</text>`
    );
  });
  const xTicks = niceTicks(x0, x1).map((x) => {
    const at = toX(x).toFixed(1);
    return `<text x="${at}" y="${HEIGHT - BOTTOM + 14}" text-anchor="middle">${shortNumber(x)}</text>`;
  });
  const paths = lines.map(
    ({ style, points: own }) => `<path class="${style}" d="${pathOf(own, toX, toY)}"/>`,
  );
  return `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">
<text class="title" x="${LEFT}" y="14">${escapeHtml(title)}</text>
${[...yTicks, ...xTicks].join('\n')}
<text x="${WIDTH - RIGHT}" y="${HEIGHT - 3}" text-anchor="end">${escapeHtml(xLabel)}</text>
${paths.join('\n')}
</svg>`;
}

/** Goes with `PAGE_STYLE`. */
export const PLOT_STYLE = `
:root { --recorded: #1d2126; --first: #e07a00; --second: #0a7fe0; }
@media (prefers-color-scheme: dark) { :root { --recorded: #d8d8d2; --first: #ff9f2e; --second: #4bb0ff; } }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0.6rem; }
.plot { width: 100%; height: auto; display: block; }
.plot text { fill: var(--soft); font: 10px system-ui, sans-serif; }
.plot .title { fill: var(--ink); font-size: 12px; }
.plot .grid { stroke: var(--line); stroke-width: 1; }
.plot path { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.plot .recorded { stroke: var(--recorded); stroke-width: 5; stroke-opacity: 0.28; }
.plot .first { stroke: var(--first); }
.plot .second { stroke: var(--second); }
.key { display: flex; flex-wrap: wrap; gap: 1.2rem; margin: 0.8rem 0 0.4rem; font-size: 0.85rem; }
.key span::before { content: ''; display: inline-block; width: 1.4rem; height: 3px;
  margin-right: 0.4rem; vertical-align: middle; background: var(--of); }
.key .recorded::before { height: 6px; opacity: 0.28; }
`;

/** What the lines of the plots stand for. */
export function plotKey(lines: readonly Pick<Line, 'name' | 'style'>[]): string {
  const entries = lines.map(
    ({ name, style }) =>
      `<span class="${style}" style="--of: var(--${style})">${escapeHtml(name)}</span>`,
  );
  return `<div class="key">${entries.join('')}</div>`;
}

function pathOf(
  points: Line['points'],
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  let isDown = false;
  const steps: string[] = [];
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) {
      isDown = false;
      continue;
    }
    steps.push(`${isDown ? 'L' : 'M'}${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`);
    isDown = true;
  }
  return steps.join('');
}

/** Of all values, never empty. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most > least ? [least, most] : [least - 0.5, most + 0.5];
}

/** Round numbers in a range: steps of 1, 2 or 5 and a power of ten. */
function niceTicks(least: number, most: number): number[] {
  const rough = (most - least) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const first = Math.ceil(least / step);
  const count = Math.floor(most / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
