import { DRAWERS } from '../world/cabinet.ts';
import type { GroceryKind } from '../world/bodyKinds.ts';
import type { TaskSpec } from './TaskSpec.ts';

/** What is moved near what: all that stands or lies well on its own. */
export const NEAR_KINDS: readonly GroceryKind[] = [
  'coke_can',
  'pepsi_can',
  '7up_can',
  'redbull_can',
  'blue_bottle',
  'apple',
  'orange',
  'sponge',
];

/** Cans that lie do so along or across the robot's forward axis, more or less. */
const LYING_SPREAD_RAD = 0.15;
const ACROSS_RAD = Math.PI / 2;

const pick = {
  family: 'pick',
  instruction: 'pick coke can',
  maxTicks: 80,
} as const;

/** The Google Robot tasks of SimplerEnv, with its sentences and episode lengths. */
export const GOOGLE_TASKS: readonly TaskSpec[] = [
  {
    ...pick,
    name: 'google_robot_pick_horizontal_coke_can',
    source: 'lying_coke_can',
    yawRad: [ACROSS_RAD - LYING_SPREAD_RAD, ACROSS_RAD + LYING_SPREAD_RAD],
  },
  {
    ...pick,
    name: 'google_robot_pick_vertical_coke_can',
    source: 'lying_coke_can',
    yawRad: [-LYING_SPREAD_RAD, LYING_SPREAD_RAD],
  },
  {
    ...pick,
    name: 'google_robot_pick_standing_coke_can',
    source: 'coke_can',
    yawRad: [-Math.PI, Math.PI],
  },
  { name: 'google_robot_move_near', family: 'near', maxTicks: 80, kinds: NEAR_KINDS },
  { name: 'google_robot_open_drawer', family: 'open', maxTicks: 113, drawers: DRAWERS },
  { name: 'google_robot_close_drawer', family: 'close', maxTicks: 113, drawers: DRAWERS },
  {
    name: 'google_robot_place_apple_in_closed_top_drawer',
    family: 'store',
    maxTicks: 200,
    source: 'apple',
    drawer: 'top',
    followUpTick: 100,
  },
];
