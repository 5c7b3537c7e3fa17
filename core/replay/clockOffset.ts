/** Clocks of log times and stamps that are further apart are different clocks. */
const SAME_CLOCK_NS = 10_000_000_000n;

/**
 * From the clock of a bag's log times to that of its stamps, in which a replay's time passes: 0
 * where they are the same, as with a robot; not so where nodes followed simulated time.
 */
export function clockOffset(logNs: bigint, stampNs: bigint): bigint {
  const distanceNs = logNs - stampNs;
  const isSame = distanceNs < SAME_CLOCK_NS && distanceNs > -SAME_CLOCK_NS;
  return isSame ? 0n : distanceNs;
}
