/** builtin_interfaces/Time */
export type Stamp = { sec: number; nanosec: number };

const NS_PER_SEC = 1_000_000_000n;

export function stampFromNs(ns: bigint): Stamp {
  return { sec: Number(ns / NS_PER_SEC), nanosec: Number(ns % NS_PER_SEC) };
}

export function nsFromStamp({ sec, nanosec }: Stamp): bigint {
  return BigInt(sec) * NS_PER_SEC + BigInt(nanosec);
}

/** Time from `earlierNs` to `laterNs`, seconds. */
export function secondsBetween(earlierNs: bigint, laterNs: bigint): number {
  return Number(laterNs - earlierNs) / 1e9;
}
