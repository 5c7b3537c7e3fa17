import type { Pose, Vec3 } from '../../core/math/types.ts';

/** Linear-ish display colour, each channel 0…1. */
export type Rgb = readonly [r: number, g: number, b: number];

/**
 * A solid the renderer can draw. Sizes are in metres and follow MuJoCo's conventions, so that one
 * number describes a geom for the eye and for the contact solver; axes of revolution are local z.
 *
 * | shape | size |
 * |---|---|
 * | box | half extents x, y, z |
 * | sphere | radius, –, – |
 * | ellipsoid | radii x, y, z |
 * | cylinder | radius, half length, – |
 * | capsule | radius, half length of the straight part, – |
 * | cone | radius at −z, radius at +z, half length |
 * | quad | half extents x, y, –; a one-sided rectangle at z = 0 that faces +z |
 */
export type Shape = 'box' | 'sphere' | 'ellipsoid' | 'cylinder' | 'capsule' | 'cone' | 'quad';

export const shapes: readonly Shape[] = [
  'box',
  'sphere',
  'ellipsoid',
  'cylinder',
  'capsule',
  'cone',
  'quad',
];

/** Procedural surface patterns, evaluated in the primitive's own coordinates. */
export type Texture = 'wood' | 'checker' | 'cloth' | 'weave' | 'tiles' | 'stone';

export type Primitive = {
  readonly shape: Shape;
  readonly size: Vec3;
  /** Pose of the primitive in the base frame (or in the object's frame before it is placed). */
  readonly pose: Pose;
  readonly color: Rgb;
  readonly texture?: Texture;
  /** Label written by `renderIds`, 1…255; absent means 0, the background. */
  readonly id?: number;
  /** Horizontal faces of this primitive show the shadows of what is above them. */
  readonly receivesShadow?: boolean;
  /** Default true for what `render` draws, false for what `setStatic` draws. */
  readonly castsShadow?: boolean;
};
