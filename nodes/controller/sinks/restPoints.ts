export type MotionPoint = {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
};

/** No limits make coming to rest take longer; a bound for a loop. */
const MAX_POINTS = 200;

/**
 * From a motion on to rest, each joint as fast as its acceleration limit allows: one point a period,
 * the last at rest. Empty if nothing moves. Commands of the controller can always be braked
 * so without leaving the position limits.
 */
export function restPoints(
  from: MotionPoint,
  accelerations: readonly number[],
  periodSec: number,
): MotionPoint[] {
  const points: MotionPoint[] = [];
  let last = from;
  while (last.velocities.some((v) => v !== 0) && points.length < MAX_POINTS) {
    const { positions, velocities } = last;
    const next = velocities.map((v, i) => {
      const slower = Math.abs(v) - accelerations[i]! * periodSec;
      return Math.sign(v) * Math.max(0, slower);
    });
    last = {
      positions: positions.map((q, i) => q + ((velocities[i]! + next[i]!) / 2) * periodSec),
      velocities: next,
    };
    points.push(last);
  }
  return points;
}
