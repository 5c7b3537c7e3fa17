/** Clocks of log times and stamps that are further apart are different clocks. */
const SAME_CLOCK_NS = 10_000_000_000n;

/** When a message was logged, and what it is stamped. */
export type ClockReading = { readonly logNs: bigint; readonly stampNs: bigint };

/**
 * From the clock of a bag's log times to that of its stamps, in which a replay's time passes: 0
 * where they are the same, as with a robot; not so where nodes followed simulated time. It is that of
 * the first reading that most others agree with, since single stamps may be anything.
 * @param readings some from the bag's beginning; 0 where there are none
 */
export function clockOffset(readings: readonly ClockReading[]): bigint {
  const distances = readings.map(({ logNs, stampNs }) => logNs - stampNs);
  const sorted = distances.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0n;
  const distance = distances.find((one) => isWithin(one - median)) ?? 0n;
  return isWithin(distance) ? 0n : distance;
}

function isWithin(distanceNs: bigint): boolean {
  return distanceNs < SAME_CLOCK_NS && distanceNs > -SAME_CLOCK_NS;
}
