import type { Rgb } from '../render/Primitive.ts';
import type { BodyModel } from './BodyModel.ts';

/** The same thing with other colours, in the order in which its parts first have one. */
export function repainted(model: BodyModel, colors: readonly Rgb[]): BodyModel {
  const old = [...new Set(model.look.parts.map(({ color }) => color.join()))];
  const parts = model.look.parts.map((p) => ({
    ...p,
    color: colors[old.indexOf(p.color.join())] ?? p.color,
  }));
  return { ...model, look: { ...model.look, parts } };
}
