import { secondsOf } from '../../../core/math/time.ts';
import type { Diagnostic } from '../../shared/diagnostics/DiagnosticsPublisher.ts';

/** Joint states of so much time are looked at together, ns. */
const WINDOW_NS = 1_000_000_000n;

export type ReceiverClockOptions = {
  /** The receiver's clock may be ahead of this one by so much, s; */
  readonly aheadSec: number;
  /** and behind by so much, s. */
  readonly behindSec: number;
};

/**
 * Estimates the clock of the receiver that moves the arm from the stamps of its joint states: they are at
 * least as old as they look, so the youngest of a second is nearest to the truth.
 */
export class ReceiverClock {
  readonly #options: ReceiverClockOptions;
  #sinceNs: bigint | undefined;
  #youngestNs: bigint | undefined;
  /** Of the last whole window, s. */
  #leastAgeSec: number | undefined;

  constructor(options: ReceiverClockOptions) {
    this.#options = options;
  }

  /** A joint state of this stamp comes. */
  received(stampNs: bigint, nowNs: bigint): void {
    const ageNs = nowNs - stampNs;
    if (this.#sinceNs === undefined || nowNs < this.#sinceNs) {
      this.#sinceNs = nowNs;
      this.#youngestNs = undefined;
    }
    if (this.#youngestNs === undefined || ageNs < this.#youngestNs) this.#youngestNs = ageNs;
    if (nowNs - this.#sinceNs < WINDOW_NS) return;
    this.#leastAgeSec = secondsOf(this.#youngestNs);
    this.#sinceNs = undefined;
  }

  diagnostic(): Diagnostic {
    const age = this.#leastAgeSec;
    const { aheadSec, behindSec } = this.#options;
    const isAhead = age !== undefined && age < -aheadSec;
    const isBehind = age !== undefined && age > behindSec;
    const ms = (sec: number) => `${Math.round(1000 * Math.abs(sec))} ms`;
    return {
      part: 'joint trajectories',
      level: isAhead || isBehind ? 'warn' : 'ok',
      message: isAhead
        ? `joint states are stamped ${ms(age)} ahead of this clock, expected at most ${ms(aheadSec)}: ` +
          'trajectories are late for their receiver and the arm moves roughly; synchronise the clocks, ' +
          'or raise joint_trajectory.lead'
        : isBehind
          ? `joint states are never younger than ${ms(age)}, expected at most ${ms(behindSec)}: where ` +
            "the receiver's clock is behind by that, the arm moves roughly; synchronise the clocks"
          : '',
      values: { youngest_joint_state_s: age?.toFixed(3) ?? 'not known yet' },
    };
  }
}
