/** Adds up, by name, the time that things take. */
export class Stopwatch {
  readonly #seconds = new Map<string, number>();

  time<T>(name: string, work: () => T): T {
    const startMs = performance.now();
    try {
      return work();
    } finally {
      this.#add(name, startMs);
    }
  }

  async timeAsync<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    try {
      return await work();
    } finally {
      this.#add(name, startMs);
    }
  }

  seconds(): ReadonlyMap<string, number> {
    return this.#seconds;
  }

  #add(name: string, startMs: number): void {
    const seconds = (performance.now() - startMs) / 1000;
    this.#seconds.set(name, (this.#seconds.get(name) ?? 0) + seconds);
  }
}
