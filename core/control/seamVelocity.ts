/**
 * Velocity at the seam of two equally long ticks in which a joint moves from `before` over `at` to
 * `after`: the harmonic mean of both slopes, zero where the joint turns round.
 *
 * With it cubic pieces do not overshoot (Fritsch and Butland, 1984).
 */
export function seamVelocity(before: number, at: number, after: number, tickSec: number): number {
  const slopeIn = (at - before) / tickSec;
  const slopeOut = (after - at) / tickSec;
  if (slopeIn * slopeOut <= 0) return 0;
  return (2 * slopeIn * slopeOut) / (slopeIn + slopeOut);
}
