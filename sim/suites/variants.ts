import { Random } from '../../core/math/random.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import type { Scene } from '../world/Scene.ts';
import { withDistractors } from './distractors.ts';
import { GOOGLE_VARIANTS } from './googleVariants.ts';
import type { Variant } from './Variant.ts';
import { WIDOWX_VARIANTS } from './widowxVariants.ts';

const VARIANTS: ReadonlyMap<string, readonly Variant[]> = new Map([
  [widowx.name, WIDOWX_VARIANTS],
  [googleRobot.name, GOOGLE_VARIANTS],
]);

/** The variants of an arm's scenes, the plain one first; throws for an unknown arm. */
export function variantsOf(robot: string): readonly Variant[] {
  const variants = VARIANTS.get(robot);
  if (variants === undefined) throw new Error(`no variants of scenes for '${robot}'`);
  return variants;
}

/** A scene as the variant of that name has it; the seed says which distractors lie where. */
export function variantScene(robot: string, name: string, scene: Scene, seed: bigint): Scene {
  const variant = variantsOf(robot).find((candidate) => candidate.name === name);
  if (variant === undefined) throw new Error(`no variant '${name}' for '${robot}'`);
  const { look, distractors = 0 } = variant;
  const random = new Random(seed).fork(scene.task).fork(name);
  return {
    ...(distractors === 0 ? scene : withDistractors(scene, distractors, random)),
    ...(look !== undefined && { look }),
  };
}
