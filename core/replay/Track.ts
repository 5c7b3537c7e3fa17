/** What held from when on, in the order of time. */
export class Track<T> {
  readonly #timesNs: bigint[] = [];
  readonly #values: T[] = [];

  get size(): number {
    return this.#values.length;
  }

  get startNs(): bigint | undefined {
    return this.#timesNs[0];
  }

  get endNs(): bigint | undefined {
    return this.#timesNs.at(-1);
  }

  /** What is older than the last one is left out. */
  add(timeNs: bigint, value: T): void {
    const lastNs = this.endNs;
    if (lastNs !== undefined && timeNs < lastNs) return;
    this.#timesNs.push(timeNs);
    this.#values.push(value);
  }

  /** The last one until then; undefined if there is none. */
  at(timeNs: bigint): T | undefined {
    return this.#values[this.#countUntil(timeNs) - 1];
  }

  /**
   * When the next one comes, where a time lies in a gap that is longer than told, between two or
   * before the first; undefined elsewhere.
   */
  gapAt(timeNs: bigint, longerThanNs: bigint): bigint | undefined {
    const next = this.#countUntil(timeNs);
    const nextNs = this.#timesNs[next];
    const beforeNs = this.#timesNs[next - 1] ?? timeNs;
    return nextNs !== undefined && nextNs - beforeNs > longerThanNs ? nextNs : undefined;
  }

  /** The one closest in time, no further away than told. */
  closest(timeNs: bigint, withinNs: bigint): T | undefined {
    const next = this.#countUntil(timeNs);
    let best: number | undefined;
    let bestNs = withinNs;
    for (const i of [next - 1, next]) {
      const candidateNs = this.#timesNs[i];
      if (candidateNs === undefined) continue;
      const distanceNs = candidateNs < timeNs ? timeNs - candidateNs : candidateNs - timeNs;
      if (distanceNs > bestNs) continue;
      best = i;
      bestNs = distanceNs;
    }
    return best === undefined ? undefined : this.#values[best];
  }

  *entries(): Generator<readonly [timeNs: bigint, value: T], void, undefined> {
    for (let i = 0; i < this.#values.length; i++) yield [this.#timesNs[i]!, this.#values[i]!];
  }

  #countUntil(timeNs: bigint): number {
    let [low, high] = [0, this.#timesNs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timesNs[middle]! <= timeNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
