/** What the gripper was last told, and for how many more ticks that stands. */
export type StickyGripper = { readonly opening: number; readonly heldTicks: number };

/** Ticks that a change holds with the models of this family, as in their wrapper of SimplerEnv. */
export const STICKY_HOLD_TICKS = 10;

/** How far an opening must be from the last one to be another word. */
const CHANGE = 0.5;

/**
 * The opening to command at the next tick, 0…1: a change holds for `holdTicks` ticks, in which what
 * the policy says does not count. Slow grippers need that: with a policy that changes its mind every
 * few ticks they would never arrive. For Google Robot the wrappers of SimplerEnv hold 15 ticks (Octo,
 * OpenVLA) or 10 (CogACT, InternVLA-M1).
 *
 * @param last what this function gave for the tick before; undefined at the first
 */
export function stickyGripper(
  last: StickyGripper | undefined,
  opening: number,
  holdTicks: number,
): StickyGripper {
  if (!last) return { opening, heldTicks: 0 };
  if (last.heldTicks > 0) return { opening: last.opening, heldTicks: last.heldTicks - 1 };
  if (Math.abs(last.opening - opening) <= CHANGE) return last;
  return { opening, heldTicks: Math.max(0, holdTicks - 1) };
}
