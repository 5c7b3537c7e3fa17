import { Canvas, type Color } from '../../adapters/image/Canvas.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { Vec3 } from '../../core/math/types.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type { CameraModel } from '../../sim/render/CameraModel.ts';

const ARM_COLOR: Color = [255, 40, 200];
const TABLE_COLOR: Color = [0, 220, 255];
const WHITE: Color = [255, 255, 255];

/** Lines of the table, at z = 0 and every 10 cm of these, in base axes. */
const GRID = { x: [0.1, 0.5], y: [-0.3, 0.3], stepM: 0.1 } as const;

/** A point of the arm, and where the model's camera sees it in the picture. */
export type SeenPoint = { readonly name: string; readonly u: number; readonly v: number };

export type CameraCheck = {
  readonly image: RgbImage;
  /** Is scaled to the picture's size. */
  readonly camera: CameraModel;
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  /** Of the arm's joints by name, rad. */
  readonly positions: ReadonlyMap<string, number>;
  /** Whether the arm is mounted on its table, whose top is at z = 0. */
  readonly hasTable: boolean;
};

/**
 * A picture with what the model's camera would see there: the arm's links by its joint positions, and
 * a grid on the table. Where the real arm and table lie under them, the camera stands right.
 * @throws Error naming joints without a position
 */
export function cameraOverlay({
  image,
  camera,
  embodiment: { armJoints, baseLink, eeLink },
  urdf,
  positions,
  hasTable,
}: CameraCheck): { readonly image: RgbImage; readonly points: readonly SeenPoint[] } {
  const missing = armJoints.filter((name) => !positions.has(name));
  if (missing.length > 0) throw new Error(`no position of ${missing.join(', ')}`);
  const scaled = camera.resized(image.width, image.height);
  const canvas = Canvas.copyOf(image);
  const grid = hasTable ? gridLines() : [];
  for (const [from, to] of grid) drawLine(canvas, scaled, from, to, TABLE_COLOR, 1);
  const links = [...armJoints.map((name) => childOf(urdf, name)), eeLink];
  const places = links.map((link): Vec3 => {
    const chain = Chain.fromUrdf(urdf, baseLink, link);
    return chain.forward(chain.jointNames.map((name) => positions.get(name)!)).position;
  });
  for (const [i, place] of places.slice(1).entries())
    drawLine(canvas, scaled, places[i]!, place, ARM_COLOR, 2);
  const points = links.flatMap((name, i) => {
    const seen = scaled.project(places[i]!);
    return seen === undefined ? [] : [{ name, u: seen.u, v: seen.v }];
  });
  for (const { u, v } of points) canvas.disc(u, v, 4, ARM_COLOR);
  const note = `${hasTable ? 'grid: the table every 10 cm; ' : ''}line: the arm by its joint states`;
  canvas.text(6, 6, note, { color: WHITE, scale: 1, background: [0, 0, 0] });
  return { image: canvas.image, points };
}

function gridLines(): [Vec3, Vec3][] {
  const steps = ([from, to]: readonly [number, number]) =>
    Array.from(
      { length: Math.round((to - from) / GRID.stepM) + 1 },
      (_, i) => from + i * GRID.stepM,
    );
  return [
    ...steps(GRID.x).map((x): [Vec3, Vec3] => [
      [x, GRID.y[0], 0],
      [x, GRID.y[1], 0],
    ]),
    ...steps(GRID.y).map((y): [Vec3, Vec3] => [
      [GRID.x[0], y, 0],
      [GRID.x[1], y, 0],
    ]),
  ];
}

function childOf(urdf: UrdfModel, joint: string): string {
  const found = urdf.joints.get(joint);
  if (found === undefined) throw new Error(`URDF ${urdf.name} has no joint "${joint}"`);
  return found.child;
}

/** Nothing where an end lies behind the camera. */
function drawLine(
  canvas: Canvas,
  camera: CameraModel,
  from: Vec3,
  to: Vec3,
  color: Color,
  width: number,
): void {
  const [a, b] = [camera.project(from), camera.project(to)];
  if (a && b) canvas.line(a.u, a.v, b.u, b.v, color, width);
}
