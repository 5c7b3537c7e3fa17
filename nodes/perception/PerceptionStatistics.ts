import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import { EventRate } from '../shared/diagnostics/EventRate.ts';
import { QuantileMeter } from '../shared/diagnostics/QuantileMeter.ts';

/** What the perception node tells about joint states and observations. */
export class PerceptionStatistics {
  readonly #jointRate = new EventRate();
  readonly #observationRate = new EventRate();
  readonly #latencySec = new QuantileMeter();
  #joints = { accepted: 0, refused: 0, refusedBefore: 0, lastReason: '' };
  #observations = { published: 0, refused: 0, refusedBefore: 0, lastReason: '' };

  joints(refusal: string | undefined): void {
    if (refusal === undefined) {
      this.#joints.accepted++;
      this.#jointRate.tick();
    } else {
      this.#joints.refused++;
      this.#joints.lastReason = refusal;
    }
  }

  refuse(reason: string): void {
    this.#observations.refused++;
    this.#observations.lastReason = reason;
  }

  /** @param latencySec from the primary image's stamp to the publishing */
  published(latencySec: number): void {
    this.#observations.published++;
    this.#observationRate.tick();
    this.#latencySec.add(latencySec);
  }

  diagnostics(): Diagnostic[] {
    const joints = this.#joints;
    const observations = this.#observations;
    const jointsRefused = joints.refused > joints.refusedBefore;
    const observationsRefused = observations.refused > observations.refusedBefore;
    joints.refusedBefore = joints.refused;
    observations.refusedBefore = observations.refused;
    const milliseconds = (q: number) => (this.#latencySec.quantile(q) * 1e3).toFixed(2);
    return [
      {
        part: 'joint states',
        level: jointsRefused ? 'error' : this.#jointRate.isSilent ? 'stale' : 'ok',
        message: jointsRefused ? joints.lastReason : `${this.#jointRate.hz().toFixed(1)} Hz`,
        values: {
          accepted: joints.accepted,
          refused: joints.refused,
          last_refusal: joints.lastReason,
        },
      },
      {
        part: 'observation',
        level: observationsRefused ? 'warn' : this.#observationRate.isSilent ? 'stale' : 'ok',
        message: observationsRefused
          ? observations.lastReason
          : `${this.#observationRate.hz().toFixed(1)} Hz`,
        values: {
          published: observations.published,
          refused: observations.refused,
          last_refusal: observations.lastReason,
          latency_p50_ms: milliseconds(0.5),
          latency_p99_ms: milliseconds(0.99),
        },
      },
    ];
  }
}
