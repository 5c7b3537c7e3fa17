import type { Pose, Vec3 } from '../../core/math/types.ts';
import { lightFrom } from '../render/lighting.ts';
import type { Primitive } from '../render/Primitive.ts';
import type { Variant } from './Variant.ts';
import { looking } from './Variant.ts';

const at = (...position: Vec3): Pose => ({ position, orientation: [0, 0, 0, 1] });

/** Where the light of the training scenes comes from. */
const USUAL_SUN: Vec3 = [-0.24, 0.4, 0.88];

/** A wooden floor, and a white cupboard beside the table. */
const livingRoom: readonly Primitive[] = [
  {
    shape: 'quad',
    size: [3, 3, 0],
    pose: at(2, 0, -0.74),
    color: [0.45, 0.3, 0.2],
    texture: 'wood',
  },
  { shape: 'box', size: [0.3, 0.45, 0.45], pose: at(1.3, -0.6, -0.29), color: [0.9, 0.9, 0.88] },
];

/** A blue wall close behind the table. */
const blueWall: readonly Primitive[] = [
  { shape: 'box', size: [0.02, 3, 2], pose: at(0.85, 0, 0), color: [0.25, 0.42, 0.62] },
  { shape: 'quad', size: [3, 3, 0], pose: at(2, 0, -0.74), color: [0.3, 0.32, 0.34] },
];

/** How variant aggregation shows the WidowX's table. */
export const WIDOWX_VARIANTS: readonly Variant[] = [
  { name: 'base' },
  looking('darker light', { light: lightFrom(USUAL_SUN, 0.7) }),
  looking('brighter light', { light: lightFrom(USUAL_SUN, 1.2) }),
  looking('sun from the right', { light: lightFrom([0.35, -0.55, 0.76]) }),
  looking('dark table', { top: { color: [0.42, 0.27, 0.18], texture: 'wood' } }),
  looking('stone table', { top: { color: [0.72, 0.73, 0.72], texture: 'stone' } }),
  looking('living room', { backdrop: livingRoom }),
  looking('blue wall', { backdrop: blueWall }),
  { name: 'few distractors', distractors: 2 },
  { name: 'more distractors', distractors: 4 },
  looking('camera to the left', { camera: { moveM: [0, 0.03, 0.01], yawRad: -0.06, pitchRad: 0 } }),
  looking('camera higher', { camera: { moveM: [-0.02, 0, 0.03], yawRad: 0, pitchRad: -0.05 } }),
];
