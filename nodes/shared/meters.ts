/** Events per second over the last ones. */
export class RateMeter {
  readonly #timesMs: number[] = [];
  readonly #window: number;

  constructor(window = 30) {
    this.#window = window;
  }

  tick(nowMs = performance.now()): void {
    this.#timesMs.push(nowMs);
    if (this.#timesMs.length > this.#window) this.#timesMs.shift();
  }

  /** Hz; falls towards 0 while nothing happens. */
  hz(nowMs = performance.now()): number {
    const times = this.#timesMs;
    if (times.length < 2) return 0;
    const sinceLast = nowMs - times.at(-1)!;
    const mean = (times.at(-1)! - times[0]!) / (times.length - 1);
    return 1000 / Math.max(mean, sinceLast, 1e-3);
  }
}

/** Percentiles over the last values. */
export class QuantileMeter {
  readonly #values: Float64Array;
  #count = 0;

  constructor(window = 512) {
    this.#values = new Float64Array(window);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  get count(): number {
    return this.#count;
  }

  /** @param q 0…1; NaN where there is no value yet */
  quantile(q: number): number {
    const n = Math.min(this.#count, this.#values.length);
    if (n === 0) return NaN;
    const sorted = this.#values.slice(0, n).sort();
    return sorted[Math.min(n - 1, Math.floor(q * n))]!;
  }
}
