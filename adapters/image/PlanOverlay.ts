import type { RgbImage } from '../../core/observation/Observation.ts';
import type { PlanBox, PlanPoint, PlanWaypoint, SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import { glyphHeight } from './bitmapFont.ts';
import { Canvas } from './Canvas.ts';
import type { Color } from './Canvas.ts';

const white: Color = [255, 255, 255];
const ink: Color = [20, 20, 24];
const sourceColor: Color = [255, 138, 0];
const targetColor: Color = [0, 140, 255];

const colorOfLabel: ReadonlyMap<string, Color> = new Map([
  ['source', sourceColor],
  ['pick', sourceColor],
  ['target', targetColor],
  ['place', targetColor],
  ['grip_a', [255, 235, 60]],
  ['grip_b', [255, 235, 60]],
]);
const otherColors: readonly Color[] = [
  [60, 200, 120],
  [220, 70, 200],
  [120, 220, 230],
];
/** The trajectory's colour now, half way and at its end. */
const timeColors: readonly [Color, Color, Color] = [
  [60, 240, 100],
  [255, 225, 60],
  [255, 50, 70],
];

/** What of a plan is drawn; a whole `SpatialPlan` will do. */
export type DrawablePlan = Pick<SpatialPlan, 'boxes' | 'points' | 'trajectory'>;

/**
 * A copy of a picture with the plan on it: boxes with their labels, the trajectory from green (now)
 * over yellow to red (the end), points, and a bar between the two grip points. Lines and letters grow with the
 * picture.
 */
export function drawPlan(image: RgbImage, plan: DrawablePlan): RgbImage {
  const canvas = Canvas.copyOf(image);
  const unit = Math.max(1, image.width / 320);
  plan.boxes.forEach((box, i) => drawBox(canvas, box, colorOf(box.label, i), unit));
  drawTrajectory(canvas, plan.trajectory, unit);
  drawGrip(canvas, plan.points, unit);
  plan.points.forEach((point, i) => drawPoint(canvas, point, colorOf(point.label, i), unit));
  return canvas.image;
}

function colorOf(label: string, index: number): Color {
  return colorOfLabel.get(label) ?? otherColors[index % otherColors.length]!;
}

function timeColor(t: number): Color {
  const [start, middle, end] = timeColors;
  return t < 0.5 ? mix(start, middle, 2 * t) : mix(middle, end, 2 * t - 1);
}

/** From normalised coordinates, 0…1 over the picture's area, to pixel centres. */
function toPixel(canvas: Canvas, { x, y }: PlanWaypoint): readonly [x: number, y: number] {
  return [x * canvas.image.width - 0.5, y * canvas.image.height - 0.5];
}

function drawBox(canvas: Canvas, box: PlanBox, color: Color, unit: number): void {
  const [x0, y0] = toPixel(canvas, { x: box.x1, y: box.y1 });
  const [x1, y1] = toPixel(canvas, { x: box.x2, y: box.y2 });
  canvas.strokeRect(x0, y0, x1, y1, color, unit * 1.5);
  const scale = Math.max(1, Math.round(unit * 0.75));
  const above = y0 - (glyphHeight + 1) * scale;
  const y = above >= 0 ? above : y1 + 2 * scale;
  canvas.text(x0 + scale, y, box.label, { color: white, scale, background: color });
}

function drawTrajectory(canvas: Canvas, waypoints: readonly PlanWaypoint[], unit: number): void {
  const pixels = waypoints.map((waypoint) => toPixel(canvas, waypoint));
  const last = Math.max(1, pixels.length - 1);
  const segments = pixels.slice(1).map((to, i) => [pixels[i]!, to] as const);
  for (const [from, to] of segments) canvas.line(...from, ...to, ink, unit * 3);
  segments.forEach(([from, to], i) => {
    canvas.line(...from, ...to, timeColor((i + 0.5) / last), unit * 2);
  });
  pixels.forEach(([x, y], i) => {
    canvas.disc(x, y, unit * 1.8, timeColor(i / last));
  });
}

function drawGrip(canvas: Canvas, points: readonly PlanPoint[], unit: number): void {
  const a = points.find((point) => point.label === 'grip_a');
  const b = points.find((point) => point.label === 'grip_b');
  if (a === undefined || b === undefined) return;
  canvas.line(...toPixel(canvas, a), ...toPixel(canvas, b), ink, unit * 2.5);
  canvas.line(...toPixel(canvas, a), ...toPixel(canvas, b), colorOf('grip_a', 0), unit * 1.2);
}

function drawPoint(canvas: Canvas, point: PlanPoint, color: Color, unit: number): void {
  const [x, y] = toPixel(canvas, point);
  const radius = point.label.startsWith('grip') ? unit * 1.8 : unit * 3;
  canvas.disc(x, y, radius + unit, ink);
  canvas.disc(x, y, radius + unit * 0.4, white);
  canvas.disc(x, y, radius - unit * 0.4, color);
}

function mix(from: Color, to: Color, t: number): Color {
  return [
    from[0] + (to[0] - from[0]) * t,
    from[1] + (to[1] - from[1]) * t,
    from[2] + (to[2] - from[2]) * t,
  ];
}
