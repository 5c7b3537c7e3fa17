/**
 * Control periods that pass before a tick begins, counted from tick 0. A tick need not be a whole
 * number of periods: with 50 Hz, the ticks of 1/3 s have 17, 16 and 17 of them, in turn.
 */
export function periodsBeforeTick(tick: number, tickSec: number, periodSec: number): number {
  return Math.round((tick * tickSec) / periodSec);
}

/** The tick that runs after so much time, as `periodsBeforeTick` divides it. */
export function tickAt(timeSec: number, tickSec: number, periodSec: number): number {
  const periods = Math.round(timeSec / periodSec);
  const guess = Math.floor((periods * periodSec) / tickSec);
  return periodsBeforeTick(guess + 1, tickSec, periodSec) <= periods ? guess + 1 : guess;
}
