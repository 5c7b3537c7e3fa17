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

  /** @param q 0…1; NaN before the first value */
  quantile(q: number): number {
    const n = Math.min(this.#count, this.#values.length);
    if (n === 0) return NaN;
    const sorted = this.#values.slice(0, n).sort();
    return sorted[Math.min(n - 1, Math.floor(q * n))]!;
  }
}
