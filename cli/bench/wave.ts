import type { Embodiment } from '../../core/embodiment/Embodiment.ts';

/** A wavy way with steps as a policy makes them, in the middle of what the joints can do in a tick. */
export function wave(embodiment: Embodiment, tick: number): number[] {
  const share = embodiment.limits.acceleration[0]! * embodiment.tickSec ** 2 > 1 ? 1 : 0.15;
  const turns = [0.08 * Math.sin(tick), 0.05 * Math.cos(tick), 0.2 * Math.sin(0.3 * tick)];
  const steps = [0.02, 0.03, 0.02].map((m, k) => m * Math.sin([0.7, 0.5, 0.9][k]! * tick + k));
  return [...steps, ...turns].map((x) => x * share).concat(tick % 8 < 4 ? 1 : 0);
}
