import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import { EventRate } from '../shared/diagnostics/EventRate.ts';
import type { PolicyLoop } from './PolicyLoop.ts';

/** An observation may be stamped this far ahead of the clock, as with a simulated one that lags. */
const MAX_AHEAD_SEC = 1;

/** What the policy node tells about itself. */
export class PolicyStatistics {
  readonly #maxObservationAgeSec: number;
  readonly #rate = new EventRate();
  #observations = 0;
  #stale = 0;
  #staleBefore = 0;
  #lastStaleSec = 0;
  #reports = 0;
  #refusedReports = 0;
  #refusedReportsBefore = 0;
  #lastReportFault = '';
  #refused = 0;
  #repetitions = 0;
  #lastRefusal = '';

  constructor(maxObservationAgeSec: number) {
    this.#maxObservationAgeSec = maxObservationAgeSec;
  }

  /** Counts an observation; false where it is too old to be used, or of another clock. */
  observation(ageSec: number): boolean {
    this.#observations++;
    this.#rate.tick();
    if (ageSec <= this.#maxObservationAgeSec && ageSec >= -MAX_AHEAD_SEC) return true;
    this.#stale++;
    this.#lastStaleSec = ageSec;
    return false;
  }

  /** Counts a report of the controller; `refusal` says why it does not count for the policy. */
  report(refusal: string | undefined): void {
    if (refusal === undefined) this.#reports++;
    else {
      this.#refusedReports++;
      this.#lastReportFault = refusal;
    }
  }

  instruction(refusal: string | undefined): void {
    if (refusal !== undefined) this.#refused++;
    this.#lastRefusal = refusal ?? '';
  }

  /** Counts an instruction that is followed already. */
  repetition(): void {
    this.#repetitions++;
  }

  diagnostics(loop: PolicyLoop, nowNs: bigint): Diagnostic[] {
    return [
      this.#observationPart(),
      this.#reportPart(),
      this.#inferencePart(loop, nowNs),
      this.#instructionPart(loop),
    ];
  }

  #observationPart(): Diagnostic {
    const areStale = this.#stale > this.#staleBefore;
    this.#staleBefore = this.#stale;
    const areMissing = this.#rate.isSilent;
    return {
      part: 'observations',
      level: areStale ? 'warn' : areMissing ? 'stale' : 'ok',
      message: areStale
        ? `${this.#lastStaleSec.toFixed(3)} s old, expected at most ${this.#maxObservationAgeSec} s, ` +
          `and not below -${MAX_AHEAD_SEC} s`
        : areMissing
          ? 'no observations'
          : '',
      values: { received: this.#observations, stale: this.#stale },
    };
  }

  #reportPart(): Diagnostic {
    const isNew = this.#refusedReports > this.#refusedReportsBefore;
    this.#refusedReportsBefore = this.#refusedReports;
    return {
      part: 'execution state',
      level: isNew ? 'warn' : 'ok',
      message: isNew ? this.#lastReportFault : '',
      values: {
        accepted: this.#reports,
        refused: this.#refusedReports,
        last_refusal: this.#lastReportFault,
      },
    };
  }

  #inferencePart({ planner, expert, scheduler, discarded }: PolicyLoop, nowNs: bigint): Diagnostic {
    const wait = scheduler.expertWait(nowNs);
    const ms = (seconds: number | undefined) =>
      seconds === undefined ? '' : (seconds * 1e3).toFixed(1);
    return {
      part: 'inference',
      level: wait === 'plan_too_old' ? 'warn' : 'ok',
      message: wait ?? '',
      values: {
        planner_hz: planner.rateHz(nowNs).toFixed(2),
        planner_latency_ms: ms(planner.latencySec(nowNs)),
        expert_hz: expert.rateHz(nowNs).toFixed(2),
        expert_latency_ms: ms(expert.latencySec(nowNs)),
        plan_age_s: scheduler.planAgeSec(nowNs)?.toFixed(3) ?? '',
        discarded_results: discarded,
      },
    };
  }

  #instructionPart({ scheduler }: PolicyLoop): Diagnostic {
    return {
      part: 'instruction',
      level: this.#lastRefusal === '' ? 'ok' : 'warn',
      message: this.#lastRefusal === '' ? '' : `refused: ${this.#lastRefusal}`,
      values: {
        instruction: scheduler.instruction ?? '',
        epoch: scheduler.epoch,
        refused: this.#refused,
        repetitions: this.#repetitions,
      },
    };
  }
}
