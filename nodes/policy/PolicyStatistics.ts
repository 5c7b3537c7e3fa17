import type { Diagnostic } from '../shared/DiagnosticsPublisher.ts';
import { EventRate } from '../shared/EventRate.ts';
import type { PolicyLoop } from './PolicyLoop.ts';

/** What the policy node tells about itself. */
export class PolicyStatistics {
  readonly #maxObservationAgeSec: number;
  readonly #rate = new EventRate();
  #observations = 0;
  #stale = 0;
  #staleBefore = 0;
  #lastStaleSec = 0;
  #refused = 0;
  #lastRefusal = '';

  constructor(maxObservationAgeSec: number) {
    this.#maxObservationAgeSec = maxObservationAgeSec;
  }

  /** Counts an observation; false where it is too old to be used. */
  observation(ageSec: number): boolean {
    this.#observations++;
    this.#rate.tick();
    if (ageSec <= this.#maxObservationAgeSec) return true;
    this.#stale++;
    this.#lastStaleSec = ageSec;
    return false;
  }

  instruction(refusal: string | undefined): void {
    if (refusal !== undefined) this.#refused++;
    this.#lastRefusal = refusal ?? '';
  }

  diagnostics(loop: PolicyLoop, nowNs: bigint): Diagnostic[] {
    return [this.#observationPart(), this.#inferencePart(loop, nowNs), this.#instructionPart(loop)];
  }

  #observationPart(): Diagnostic {
    const areStale = this.#stale > this.#staleBefore;
    this.#staleBefore = this.#stale;
    const areMissing = this.#rate.isSilent;
    return {
      part: 'observations',
      level: areStale ? 'warn' : areMissing ? 'stale' : 'ok',
      message: areStale
        ? `${this.#lastStaleSec.toFixed(3)} s old, expected at most ${this.#maxObservationAgeSec} s`
        : areMissing
          ? 'no observations'
          : '',
      values: { received: this.#observations, stale: this.#stale },
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
      },
    };
  }
}
