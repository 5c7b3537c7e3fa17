import { RateMeter } from '../../../core/execution/RateMeter.ts';

const SILENCE_NS = 2_000_000_000n;

/** How often something happens, by the clock of the process. */
export class EventRate {
  readonly #meter = new RateMeter(5);
  #lastNs: bigint | undefined;

  tick(): void {
    this.#lastNs = processNs();
    this.#meter.add(this.#lastNs, 0);
  }

  /** Nothing has happened for 2 s, or ever. */
  get isSilent(): boolean {
    return this.#lastNs === undefined || processNs() - this.#lastNs > SILENCE_NS;
  }

  /** Hz; falls towards 0 while nothing happens. */
  hz(): number {
    return this.#meter.rateHz(processNs());
  }
}

function processNs(): bigint {
  return process.hrtime.bigint();
}
