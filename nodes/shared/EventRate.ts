import { RateMeter } from '../../core/execution/RateMeter.ts';

/** How often something happens, by the clock of the process. */
export class EventRate {
  readonly #meter = new RateMeter(5);

  tick(): void {
    this.#meter.add(processNs(), 0);
  }

  /** Hz; falls towards 0 while nothing happens. */
  hz(): number {
    return this.#meter.rateHz(processNs());
  }
}

function processNs(): bigint {
  return process.hrtime.bigint();
}
