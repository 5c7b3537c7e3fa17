import 'node:assert/strict';
import 'fast-check';
import type { Primitive } from '../../sim/render/Primitive.ts';
import type { Renderer } from '../../sim/render/Renderer.ts';
export const side = 101;

export function idsOf(renderer: Renderer, primitives: readonly Primitive[]): Uint8Array {
  const ids = new Uint8Array(side * side);
  renderer.renderIds(primitives, ids);
  return ids;
}

export function pixelsOf(renderer: Renderer, primitives: readonly Primitive[]): Uint8Array {
  const out = new Uint8Array(renderer.camera.width * renderer.camera.height * 3);
  renderer.render(primitives, out);
  return out;
}

export const at = (ids: Uint8Array, u: number, v: number): number => ids[v * side + u]!;
