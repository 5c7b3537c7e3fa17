import type { BagMessage, BagReader } from '../../adapters/bags/Bag.ts';

export type BagPlayerOptions = {
  readonly bag: Pick<BagReader, 'messages' | 'startNs' | 'endNs'>;
  readonly topics: readonly string[];
  /** Of these the last message before it is sent anew where playing begins. */
  readonly latched: readonly string[];
  /** From log times to the time that is published. */
  readonly offsetNs: bigint;
  readonly publish: (topic: string, bytes: Uint8Array) => void;
  readonly publishClock: (timeNs: bigint) => void;
};

/** Time between two messages on /clock, in the bag's time: finer than any period of the nodes. */
const CLOCK_NS = 10_000_000n;

/** A bag as it was recorded, up to whatever time it is told. */
export class BagPlayer {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly #options: BagPlayerOptions;
  #messages: AsyncGenerator<BagMessage, void, undefined> | undefined;
  #next: BagMessage | undefined;
  #nowNs: bigint;

  /** In the time that is published; a bag without messages begins and ends at 0. */
  constructor(options: BagPlayerOptions) {
    const { bag, offsetNs } = options;
    this.#options = options;
    this.startNs = bag.startNs === undefined ? 0n : bag.startNs - offsetNs;
    this.endNs = bag.endNs === undefined ? 0n : bag.endNs - offsetNs;
    this.#nowNs = this.startNs;
  }

  get nowNs(): bigint {
    return this.#nowNs;
  }

  get hasEnded(): boolean {
    return this.#nowNs >= this.endNs;
  }

  /** Goes on from this time, which may be earlier; sends what is latched there. */
  async seek(timeNs: bigint): Promise<void> {
    const { bag, topics, latched, offsetNs, publish, publishClock } = this.#options;
    const logNs = timeNs + offsetNs;
    await this.#messages?.return();
    this.#nowNs = timeNs;
    publishClock(timeNs);
    const last = new Map<string, BagMessage>();
    for await (const message of bag.messages({ topics: latched, toNs: logNs - 1n })) {
      last.set(message.topic, message);
    }
    for (const { topic, bytes } of last.values()) publish(topic, bytes);
    this.#messages = bag.messages({ topics, fromNs: logNs });
    await this.#advance();
  }

  /** Sends everything up to a time, and the clock along with it. */
  async playUntil(timeNs: bigint): Promise<void> {
    if (!this.#messages) await this.seek(this.#nowNs);
    const { offsetNs, publish, publishClock } = this.#options;
    const limitNs = timeNs < this.endNs ? timeNs : this.endNs;
    while (this.#nowNs < limitNs) {
      const stepNs = this.#nowNs + CLOCK_NS;
      this.#nowNs = stepNs < limitNs ? stepNs : limitNs;
      // First the time, then what came until then: nothing is from the future.
      publishClock(this.#nowNs);
      for (; this.#next && this.#next.logNs - offsetNs <= this.#nowNs; await this.#advance()) {
        publish(this.#next.topic, this.#next.bytes);
      }
    }
  }

  /** The present time once more, for who has just come. */
  repeatClock(): void {
    this.#options.publishClock(this.#nowNs);
  }

  async #advance(): Promise<void> {
    const result = await this.#messages!.next();
    this.#next = result.done ? undefined : result.value;
  }
}
