import { secondsOf } from '../math/time.ts';
type Report = {
  readonly stampNs: bigint;
  readonly ticksConsumed: number;
  readonly speedScale: number;
};

/** Reports may be this far from the clock: it is how late they come on a busy machine, and more. */
const CLOCK_SKEW_NS = 2_000_000_000n;

/**
 * Why a report of execution is not one of now, or has numbers that no controller has; undefined
 * where it may be followed. A player or a second machine may publish others.
 */
export function reportFault(report: Report, nowNs: bigint): string | undefined {
  const { stampNs, ticksConsumed, speedScale } = report;
  const awayNs = nowNs - stampNs;
  // A simulated clock that has not been heard yet is at 0, and judges nothing.
  const isElsewhere = awayNs > CLOCK_SKEW_NS || awayNs < -CLOCK_SKEW_NS;
  if (nowNs > 0n && isElsewhere) {
    const expected = `expected within ${secondsOf(CLOCK_SKEW_NS)} s of the clock`;
    return `stamp: ${expected}, found ${secondsOf(-awayNs).toFixed(3)} s from it`;
  }
  if (!Number.isSafeInteger(ticksConsumed)) {
    return `ticks_consumed: expected a count, found ${ticksConsumed}`;
  }
  // 0 is what a controller says that knows no speed scale.
  if (!(speedScale >= 0 && speedScale <= 1)) {
    return `speed_scale: expected 0…1, found ${speedScale}`;
  }
  return undefined;
}
