import type { BagCursor } from './BagCursor.ts';

export type BagPlayerOptions = {
  readonly cursor: BagCursor;
  readonly publish: (topic: string, bytes: Uint8Array) => void;
  readonly publishClock: (timeNs: bigint) => void;
};

/** Time between two messages on /clock, in the bag's time: finer than any period of the nodes. */
const CLOCK_NS = 10_000_000n;

/** Plays a bag as it was recorded, up to the time that is asked for. */
export class BagPlayer {
  readonly #options: BagPlayerOptions;
  #nowNs: bigint;

  constructor(options: BagPlayerOptions) {
    this.#options = options;
    this.#nowNs = this.startNs;
  }

  /** In the time that is published. */
  get startNs(): bigint {
    return this.#options.cursor.startNs;
  }

  get endNs(): bigint {
    return this.#options.cursor.endNs;
  }

  get nowNs(): bigint {
    return this.#nowNs;
  }

  get hasEnded(): boolean {
    return this.#nowNs >= this.endNs;
  }

  /** Continues from this time, which may be earlier; sends what is latched there. */
  async seek(timeNs: bigint): Promise<void> {
    const { cursor, publish, publishClock } = this.#options;
    this.#nowNs = timeNs;
    publishClock(timeNs);
    for (const { topic, bytes } of await cursor.seek(timeNs)) publish(topic, bytes);
  }

  /** Sends everything up to a time, or beyond a gap, and the clock along with it. */
  async playUntil(timeNs: bigint): Promise<void> {
    const { cursor, publish, publishClock } = this.#options;
    if (!cursor.hasBegun) await this.seek(this.#nowNs);
    const limitNs = timeNs < this.endNs ? timeNs : this.endNs;
    while (this.#nowNs < limitNs) {
      const leapNs = cursor.leapFrom(this.#nowNs);
      const stepNs = leapNs ?? this.#nowNs + CLOCK_NS;
      this.#nowNs = leapNs !== undefined || stepNs < limitNs ? stepNs : limitNs;
      // First the time, then what came until then: nothing is from the future.
      publishClock(this.#nowNs);
      for await (const { topic, bytes } of cursor.until(this.#nowNs)) publish(topic, bytes);
    }
  }

  /** The present time once more, for who has just come. */
  repeatClock(): void {
    this.#options.publishClock(this.#nowNs);
  }
}
