import type { SceneLook } from '../world/SceneLook.ts';

/** One of the ways in which variant aggregation shows the scenes of a task. */
export type Variant = {
  readonly name: string;
  /** Undefined where everything looks as ever. */
  readonly look?: SceneLook;
  /** Things that have nothing to do with the task. */
  readonly distractors?: number;
};

/** A variant that only looks different. */
export function looking(name: string, look: Omit<SceneLook, 'name'>): Variant {
  return { name, look: { name, ...look } };
}
