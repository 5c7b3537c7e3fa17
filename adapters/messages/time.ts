import { secondsOf } from '../../core/math/time.ts';

/** builtin_interfaces/Time */
export type Stamp = { sec: number; nanosec: number };

const NS_PER_SEC = 1_000_000_000n;

/** The field of a stamp's seconds, int32. */
const MOST_SECONDS = 2n ** 31n - 1n;

/** @throws RangeError before 1970 and from 2038 on, which the message cannot hold */
export function stampFromNs(ns: bigint): Stamp {
  if (ns < 0n || ns / NS_PER_SEC > MOST_SECONDS) {
    throw new RangeError(`expected a time from 1970 to 2038, found ${ns} ns`);
  }
  return { sec: Number(ns / NS_PER_SEC), nanosec: Number(ns % NS_PER_SEC) };
}

export function nsFromStamp({ sec, nanosec }: Stamp): bigint {
  return BigInt(sec) * NS_PER_SEC + BigInt(nanosec);
}

/** Time from `earlierNs` to `laterNs`, seconds. */
export function secondsBetween(earlierNs: bigint, laterNs: bigint): number {
  return secondsOf(laterNs - earlierNs);
}
