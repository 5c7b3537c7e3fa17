/**
 * How scenes look, in SimplerEnv's words: as they do in training, or in all variants of light,
 * surfaces, background, camera and distractors.
 */
export const SCENE_SETTINGS = ['visual-matching', 'variant-aggregation'] as const;
export type SceneSetting = (typeof SCENE_SETTINGS)[number];
