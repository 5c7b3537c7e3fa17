/** Sums over numbers that come one by one, of which means are made; NaN without numbers. */
export class Spread {
  #count = 0;
  #sum = 0;
  #sumOfSizes = 0;
  #sumOfSquares = 0;
  #largest = 0;

  get count(): number {
    return this.#count;
  }

  /** Mean of the absolute values. */
  get meanSize(): number {
    return meanOf(this.#sumOfSizes, this.#count);
  }

  get rms(): number {
    return Math.sqrt(meanOf(this.#sumOfSquares, this.#count));
  }

  get largestSize(): number {
    return this.#count === 0 ? NaN : this.#largest;
  }

  /** Standard deviation, of these numbers themselves. */
  get deviation(): number {
    const mean = meanOf(this.#sum, this.#count);
    return Math.sqrt(Math.max(0, meanOf(this.#sumOfSquares, this.#count) - mean * mean));
  }

  add(value: number): void {
    const size = Math.abs(value);
    this.#count += 1;
    this.#sum += value;
    this.#sumOfSizes += size;
    this.#sumOfSquares += value * value;
    this.#largest = Math.max(this.#largest, size);
  }

  merge(other: Spread): void {
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#sumOfSizes += other.#sumOfSizes;
    this.#sumOfSquares += other.#sumOfSquares;
    this.#largest = Math.max(this.#largest, other.#largest);
  }
}

export function meanOf(sum: number, count: number): number {
  return count === 0 ? NaN : sum / count;
}
