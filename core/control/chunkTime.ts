import { secondsOf } from '../math/time.ts';
import type { ActionChunk } from '../action/ActionChunk.ts';
import { CLOCK_SKEW_NS } from './JointMonitor.ts';

/** When a chunk is offered, in time and in ticks. */
export type OfferMoment = {
  readonly nowNs: bigint;
  /** How long a tick takes at the present speed, seconds. */
  readonly tickSec: number;
  /** The tick of the chunk's row 0, and the one that begins next. */
  readonly t0: number;
  readonly next: number;
};

/**
 * Why a chunk must not be executed now, by the stamp of its observation; undefined where it may be.
 *
 * @param mostRows rows after an observation that may be executed; Infinity where the chunk's own
 *   horizon bounds them
 */
export function chunkTimeFault(
  chunk: ActionChunk,
  moment: OfferMoment,
  mostRows: number,
): string | undefined {
  const { stampNs, horizon } = chunk;
  const { nowNs, tickSec, t0, next } = moment;
  if (stampNs - nowNs > CLOCK_SKEW_NS) {
    const most = `at most ${secondsOf(CLOCK_SKEW_NS)} s`;
    const found = `${(-ageSec(stampNs, nowNs)).toFixed(3)} s`;
    return `stamp: expected ${most} ahead of the clock, found ${found}`;
  }
  // The queue refuses what is too late by the count of ticks.
  const isPast = t0 + horizon <= next;
  if (isPast || rowsInTime(chunk, moment, mostRows) >= 1) return undefined;
  const most = (Number.isFinite(mostRows) ? mostRows : horizon + SLACK_TICKS) * tickSec;
  const found = `${ageSec(stampNs, nowNs).toFixed(3)} s`;
  return `observation: expected one of the last ${most.toFixed(3)} s, found one ${found} old`;
}

/**
 * How many rows of a chunk are for soon enough after its observation, from row 0 on; none or less
 * where it is too late for all of them.
 *
 * Ticks stand still while there is nothing to execute, time does not: ticks that would have passed
 * meanwhile count as well. They are as long as at the present speed, so that a slowed-down arm gets
 * as many rows as a fast one.
 */
export function rowsInTime(
  { stampNs, horizon }: Pick<ActionChunk, 'stampNs' | 'horizon'>,
  { nowNs, tickSec, t0, next }: OfferMoment,
  mostRows: number,
): number {
  const ageTicks = ageSec(stampNs, nowNs) / tickSec;
  if (!Number.isFinite(mostRows)) return ageTicks > horizon + SLACK_TICKS ? 0 : horizon;
  const idleTicks = Math.max(0, Math.floor(ageTicks - (next - t0)));
  return Math.min(horizon, mostRows - idleTicks);
}

/** Stamps belong to the nearest tick, and the running tick is not over yet. */
const SLACK_TICKS = 1;

function ageSec(stampNs: bigint, nowNs: bigint): number {
  return secondsOf(nowNs - stampNs);
}
