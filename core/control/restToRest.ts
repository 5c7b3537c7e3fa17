/** Of one joint: rad/s, rad/s², rad/s³ (infinite when unlimited). */
export type RestLimits = {
  readonly velocity: number;
  readonly acceleration: number;
  readonly jerk: number;
};

/**
 * A time in which a joint can go a distance from rest to rest within its limits, s: that of the
 * trapezoid of velocity, made smooth by a moving average over twice the time that acceleration takes to
 * build up, which adds its length to the duration and leaves peak velocity and acceleration as they are.
 */
export function restToRestSec(distance: number, limits: RestLimits): number {
  const { velocity, acceleration, jerk } = limits;
  const d = Math.abs(distance);
  if (d === 0) return 0;
  const isShort = d <= (velocity * velocity) / acceleration;
  const sec = isShort ? 2 * Math.sqrt(d / acceleration) : d / velocity + velocity / acceleration;
  return sec + (2 * acceleration) / jerk;
}
