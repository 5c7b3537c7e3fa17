import { epochLead, isEpoch, MAX_EPOCHS_AHEAD } from './epochs.ts';

/** This many reports in a row have to agree before a leap is believed: 0.2 s of a live controller's. */
const REPORTS_TO_BELIEVE = 10;

export type EpochAnswer =
  | { readonly kind: 'stay' }
  | { readonly kind: 'adopt'; readonly epoch: number }
  /** The report is no report of this controller; nothing in it counts. */
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * Keeps a policy at the epochs of its controller, which decides on them.
 *
 * A step ahead is followed at once. A leap is refused, since a single forged report would otherwise
 * put the policy where the controller takes no chunk any more. Only reports that agree, with none
 * from the present epochs between them, are believed: the controller, or this policy, was started
 * again. The first report of all is believed, too.
 */
export class EpochFollower {
  #hasReceived = false;
  /** Reports in a row from the same other epochs, and the last one. */
  #leaps = 0;
  #leapedTo = 0;

  /**
   * @param own the policy's epoch
   * @param reported the controller's
   */
  follow(own: number, reported: number): EpochAnswer {
    if (!isEpoch(reported)) return { kind: 'refuse', reason: `epoch: found ${reported}` };
    const lead = epochLead(reported, own);
    const isLeap = Math.abs(lead) > MAX_EPOCHS_AHEAD;
    const isFirst = !this.#hasReceived;
    this.#hasReceived = true;
    if (!isLeap) {
      this.#leaps = 0;
      return lead > 0 ? { kind: 'adopt', epoch: reported } : { kind: 'stay' };
    }
    const agrees = Math.abs(epochLead(reported, this.#leapedTo)) <= MAX_EPOCHS_AHEAD;
    this.#leaps = this.#leaps > 0 && agrees ? this.#leaps + 1 : 1;
    this.#leapedTo = reported;
    if (!isFirst && this.#leaps < REPORTS_TO_BELIEVE) {
      const expected = `within ${MAX_EPOCHS_AHEAD} of ${own}`;
      return { kind: 'refuse', reason: `epoch: expected one ${expected}, found ${reported}` };
    }
    this.#leaps = 0;
    return { kind: 'adopt', epoch: reported };
  }
}
