/** Seconds as whole nanoseconds. */
export function nsOf(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}

/** Nanoseconds as seconds. */
export function secondsOf(ns: bigint): number {
  return Number(ns) / 1e9;
}
