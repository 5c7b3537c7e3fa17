/**
 * The value below which a share of the values lies, by linear interpolation; NaN without values.
 *
 * @param share 0…1
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.min(1, Math.max(0, share)) * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(sorted.length - 1, below + 1)]!;
  return low + (high - low) * (at - below);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Events a second between the first and the last one; 0 for fewer than two. */
export function rateHz(timesNs: readonly bigint[]): number {
  const first = timesNs[0];
  const last = timesNs.at(-1);
  if (first === undefined || last === undefined || last <= first) return 0;
  return ((timesNs.length - 1) * 1e9) / Number(last - first);
}
