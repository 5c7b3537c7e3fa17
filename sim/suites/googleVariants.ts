import type { Pose, Vec3 } from '../../core/math/types.ts';
import { lightFrom } from '../render/lighting.ts';
import type { Primitive } from '../render/Primitive.ts';
import { FLOOR_Z_M } from '../world/surroundings.ts';
import type { Variant } from './Variant.ts';
import { looking } from './Variant.ts';

const at = (...position: Vec3): Pose => ({ position, orientation: [0, 0, 0, 1] });

/** Where the light of the training scenes comes from. */
const USUAL_SUN: Vec3 = [-0.24, 0.4, 0.88];

/** A green wall, and a dark floor. */
const greenRoom: readonly Primitive[] = [
  { shape: 'quad', size: [3, 3, 0], pose: at(1.5, 0, FLOOR_Z_M), color: [0.3, 0.27, 0.25] },
  { shape: 'box', size: [0.02, 3, 1.5], pose: at(1.75, 0, 1.4), color: [0.4, 0.58, 0.45] },
];

/** A wooden floor, and shelves along the wall. */
const shelves: readonly Primitive[] = [
  {
    shape: 'quad',
    size: [3, 3, 0],
    pose: at(1.5, 0, FLOOR_Z_M),
    color: [0.66, 0.48, 0.32],
    texture: 'wood',
  },
  { shape: 'box', size: [0.02, 3, 1.5], pose: at(1.9, 0, 1.4), color: [0.86, 0.84, 0.8] },
  { shape: 'box', size: [0.15, 0.5, 0.6], pose: at(1.7, 0.75, 0.54), color: [0.32, 0.2, 0.14] },
  { shape: 'box', size: [0.15, 0.4, 0.4], pose: at(1.7, -0.6, 0.34), color: [0.55, 0.16, 0.14] },
];

/** How variant aggregation shows the kitchen of Google Robot. */
export const GOOGLE_VARIANTS: readonly Variant[] = [
  { name: 'base' },
  looking('darker light', { light: lightFrom(USUAL_SUN, 0.7) }),
  looking('brighter light', { light: lightFrom(USUAL_SUN, 1.2) }),
  looking('sun from the right', { light: lightFrom([0.35, -0.55, 0.76]) }),
  // of the cabinet if there is no counter
  looking('dark wood', {
    top: { color: [0.38, 0.25, 0.17], texture: 'wood' },
    furnitureTint: [0.6, 0.5, 0.45],
  }),
  looking('stone', {
    top: { color: [0.8, 0.8, 0.78], texture: 'stone' },
    furnitureTint: [0.75, 0.85, 0.95],
  }),
  looking('green room', { backdrop: greenRoom }),
  looking('shelves', { backdrop: shelves }),
  { name: 'few distractors', distractors: 2 },
  { name: 'more distractors', distractors: 4 },
  looking('camera to the left', { camera: { moveM: [0, 0.05, 0], yawRad: -0.05, pitchRad: 0 } }),
  looking('camera lower', { camera: { moveM: [0.04, 0, -0.06], yawRad: 0, pitchRad: 0.04 } }),
];
