/** Least share of the full speed that can be asked for. */
export const MIN_SPEED_SCALE = 0.05;

/** @throws RangeError for a share of the full speed outside 0.05…1 */
export function requireSpeedScale(scale: number): void {
  if (scale >= MIN_SPEED_SCALE && scale <= 1) return;
  throw new RangeError(`speed scale: expected ${MIN_SPEED_SCALE} to 1, found ${scale}`);
}
