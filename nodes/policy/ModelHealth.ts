import type { LinkReport, Policy } from '../../adapters/model/createPolicy.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';

/** The state of the model's networks. */
export class ModelHealth {
  readonly #name: string;
  readonly #isolation: string;
  #providers: Policy['providers'] | undefined;
  #link: (() => LinkReport) | undefined;
  #deaths = 0;
  #reportedDeaths = 0;
  #lastDeath = '';
  readonly #listeners: (() => void)[] = [];

  constructor(name: string, isolation: string) {
    this.#name = name;
    this.#isolation = isolation;
  }

  died(message: string): void {
    this.#deaths++;
    this.#lastDeath = message;
    for (const listener of this.#listeners) listener();
  }

  /** From now on `listener` is called when a network has died. */
  onDeath(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes what computes the networks; returns a sentence for each that is not computed as asked. */
  providers(providers: NonNullable<Policy['providers']>): string[] {
    this.#providers = providers;
    return Object.entries(providers).flatMap(([network, { asked, used, reason }]) =>
      reason === undefined ? [] : [`the ${network} runs on ${used}, not ${asked}: ${reason}`],
    );
  }

  /** From now on the diagnostics say how the connection to the policy server does. */
  follow(link: () => LinkReport): void {
    this.#link = link;
  }

  diagnostic(): Diagnostic {
    const link = this.#link?.();
    if (link !== undefined) return this.#linkDiagnostic(link);
    const hasDied = this.#deaths > this.#reportedDeaths;
    this.#reportedDeaths = this.#deaths;
    const isOther = Object.values(this.#providers ?? {}).some(({ reason }) => reason !== undefined);
    const { planner, expert } = this.#providers ?? {};
    return {
      part: 'model',
      level: hasDied ? 'error' : this.#deaths > 0 || isOther ? 'warn' : 'ok',
      message: this.#deaths > 0 ? this.#lastDeath : isOther ? 'not computed as asked' : '',
      values: {
        name: this.#name,
        isolation: this.#isolation,
        planner_provider: planner?.used ?? '',
        expert_provider: expert?.used ?? '',
        deaths: this.#deaths,
      },
    };
  }

  #linkDiagnostic(link: LinkReport): Diagnostic {
    const isNew = this.#deaths > this.#reportedDeaths;
    this.#reportedDeaths = this.#deaths;
    const { url, fault, reconnects, roundTripSec, bytesSent, bytesReceived } = link;
    return {
      part: 'model',
      level: fault !== undefined ? 'error' : isNew ? 'warn' : 'ok',
      message: fault === undefined ? '' : `no connection to the policy server: ${fault}`,
      values: {
        name: this.#name,
        url,
        reconnects,
        round_trip_ms: Number.isNaN(roundTripSec) ? '' : roundTripSec * 1000,
        bytes_sent: bytesSent,
        bytes_received: bytesReceived,
      },
    };
  }
}
