import type { SceneObject } from '../world/Scene.ts';
import { modelOf } from '../world/Scene.ts';

/** A rectangle on the table. */
export type Rectangle = {
  readonly x: number;
  readonly y: number;
  readonly yawRad: number;
  readonly halfX: number;
  readonly halfY: number;
};

export function footprintOf(object: SceneObject, margin = 0): Rectangle {
  const [halfX, halfY] = modelOf(object).look.halfExtents;
  return { ...pick(object), halfX: halfX + margin, halfY: halfY + margin };
}

/** What the gripper's bar and open fingers need around a source: wide along y, slim along x. */
export function graspFootprintOf(object: SceneObject): Rectangle {
  const along = modelOf(object).grasp?.alongX ?? 0;
  return {
    x: object.x + along * Math.cos(object.yawRad),
    y: object.y + along * Math.sin(object.yawRad),
    yawRad: object.yawRad,
    halfX: 0.022,
    halfY: 0.068,
  };
}

/** Separating-axis test of two rectangles. */
export function rectanglesOverlap(a: Rectangle, b: Rectangle): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  for (const angle of [a.yawRad, a.yawRad + Math.PI / 2, b.yawRad, b.yawRad + Math.PI / 2]) {
    const ux = Math.cos(angle);
    const uy = Math.sin(angle);
    const distance = Math.abs(dx * ux + dy * uy);
    if (distance > reach(a, ux, uy) + reach(b, ux, uy)) return false;
  }
  return true;
}

function reach(r: Rectangle, ux: number, uy: number): number {
  const c = Math.cos(r.yawRad);
  const s = Math.sin(r.yawRad);
  return r.halfX * Math.abs(c * ux + s * uy) + r.halfY * Math.abs(c * uy - s * ux);
}

function pick(object: SceneObject): { x: number; y: number; yawRad: number } {
  return { x: object.x, y: object.y, yawRad: object.yawRad };
}
