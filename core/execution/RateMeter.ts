import { nsOf, secondsOf } from '../math/time.ts';
type Completion = { readonly endNs: bigint; readonly latencySec: number };

/**
 * How often something completes and how long it takes, over the last seconds. The first completion
 * only begins the first interval: its latency, which carries the warm-up, never counts.
 */
export class RateMeter {
  readonly #windowNs: bigint;
  #completions: Completion[] = [];

  constructor(windowSec = 10) {
    this.#windowNs = nsOf(windowSec);
  }

  add(endNs: bigint, latencySec: number): void {
    this.#completions.push({ endNs, latencySec });
    this.#forget(endNs);
  }

  /** Completions a second; 0 before the second one. Falls while one is overdue. */
  rateHz(nowNs: bigint): number {
    this.#forget(nowNs);
    const first = this.#completions[0];
    const last = this.#completions.at(-1);
    const intervals = this.#completions.length - 1;
    if (first === undefined || last === undefined || intervals < 1) return 0;
    const spanSec = secondsOf(last.endNs - first.endNs);
    const overdueSec = Math.max(0, secondsOf(nowNs - last.endNs) - spanSec / intervals);
    return intervals / (spanSec + overdueSec);
  }

  /** Mean latency; undefined before the second completion. */
  latencySec(nowNs: bigint): number | undefined {
    this.#forget(nowNs);
    const warm = this.#completions.slice(1);
    if (warm.length === 0) return undefined;
    return warm.reduce((sum, { latencySec }) => sum + latencySec, 0) / warm.length;
  }

  /** Begins again, so that a pause is no interval. */
  reset(): void {
    this.#completions = [];
  }

  #forget(nowNs: bigint): void {
    this.#completions = this.#completions.filter(({ endNs }) => nowNs - endNs <= this.#windowNs);
  }
}
