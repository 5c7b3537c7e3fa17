/** `x`, or the bound beyond which it lies. */
export function clamp(x: number, lower: number, upper: number): number {
  return Math.min(upper, Math.max(lower, x));
}
