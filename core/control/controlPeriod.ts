/** The controller's period: one command, one report. */
export const CONTROL_PERIOD_SEC = 0.02;
export const CONTROL_PERIOD_NS = 20_000_000n;

/** Periods begin at whole multiples, whenever the controller's process began. */
export function controlPeriodStart(timeNs: bigint): bigint {
  return timeNs - (timeNs % CONTROL_PERIOD_NS);
}
