/** Epochs are uint32 on the wire; after the last one comes 0 again. */
const EPOCHS = 2 ** 32;

/**
 * An epoch from outside may be ahead by at most this many. Instructions, stops and resets come one by
 * one, so a larger leap is no news of them: it is a faulty or a foreign message.
 */
export const MAX_EPOCHS_AHEAD = 16;

/** Whether a number is an epoch at all. */
export function isEpoch(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < EPOCHS;
}

/** The epoch that is `count` later. */
export function epochAfter(epoch: number, count = 1): number {
  return (((epoch + count) % EPOCHS) + EPOCHS) % EPOCHS;
}

/**
 * How many epochs `epoch` is ahead of `other`; negative where it is behind. Of the two ways round
 * the circle the shorter one counts (serial number arithmetic: RFC 1982), so that 0 is ahead of
 * 4294967295 by 1.
 */
export function epochLead(epoch: number, other: number): number {
  const ahead = epochAfter(epoch, -other);
  return ahead < EPOCHS / 2 ? ahead : ahead - EPOCHS;
}

/**
 * Why an epoch from outside must not be gone on to; undefined where it may be, and for the present
 * one and those before it, which change nothing.
 */
export function leapFault(epoch: number, present: number): string | undefined {
  if (isEpoch(epoch) && epochLead(epoch, present) <= MAX_EPOCHS_AHEAD) return undefined;
  const last = epochAfter(present, MAX_EPOCHS_AHEAD);
  return `epoch: expected ${present}…${last}, found ${epoch}`;
}

/** Why what belongs to an epoch must not be taken: that epoch is over, or it is none to continue with. */
export function epochFault(epoch: number, present: number): string | undefined {
  const isOver = isEpoch(epoch) && epochLead(epoch, present) < 0;
  if (isOver) return `epoch: expected ${present} or later, found ${epoch}`;
  return leapFault(epoch, present);
}
