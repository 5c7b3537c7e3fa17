/**
 * Speed, in units of acceleration · period, that is taken off by a deceleration which begins with
 * `x` and fades by `fade` a period: R(x) = x + (x − fade)⁺ + (x − 2 fade)⁺ + …
 */
export function rampedSpeed(x: number, maxAccelerationStep: number): number {
  if (x < 0) return -rampedSpeed(-x, maxAccelerationStep);
  const n = Math.max(1, Math.ceil(x / maxAccelerationStep));
  return n * x - (maxAccelerationStep === Infinity ? 0 : (maxAccelerationStep * n * (n - 1)) / 2);
}

/**
 * Inverse of `rampedSpeed`: the deceleration to begin with, so that the speed `y` and the
 * deceleration come to zero together. Odd in `y`.
 *
 * For (n − 1) fade < x ≤ n fade, R(x) = n x − fade n (n − 1) / 2, and R(n fade) = fade n (n + 1) / 2.
 */
export function rampToRest(y: number, maxAccelerationStep: number): number {
  if (y < 0) return -rampToRest(-y, maxAccelerationStep);
  if (maxAccelerationStep === Infinity) return y;
  const n = Math.max(1, Math.ceil((Math.sqrt(1 + (8 * y) / maxAccelerationStep) - 1) / 2));
  return (y + (maxAccelerationStep * n * (n - 1)) / 2) / n;
}
