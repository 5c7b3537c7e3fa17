import type { ArmSpec, ModelSpec } from './ModelSpec.ts';

/** What a model says of an arm; throws, naming the arms that it knows, where it says nothing. */
export function armOf(spec: Pick<ModelSpec, 'name' | 'embodiments'>, embodiment: string): ArmSpec {
  const arm = spec.embodiments.get(embodiment);
  if (arm) return arm;
  const known = [...spec.embodiments.keys()].join(', ');
  throw new Error(`${spec.name}: expected one of its arms (${known}), found "${embodiment}"`);
}
