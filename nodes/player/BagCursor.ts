import type { BagMessage, BagReader } from '../../adapters/bags/Bag.ts';

export type BagCursorOptions = {
  readonly bag: Pick<BagReader, 'messages' | 'startNs' | 'endNs'>;
  readonly topics: readonly string[];
  /** Of these the last message before it counts again where reading begins. */
  readonly latched: readonly string[];
  /** From log times to the time that is published. */
  readonly offsetNs: bigint;
};

/** No arm that is recorded says nothing for this long: time has leapt. */
const LONGEST_PAUSE_NS = 10_000_000_000n;

/** Reads what is played, from anywhere on; all times are those that are published. */
export class BagCursor {
  /** A bag without messages begins and ends at 0. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly #options: BagCursorOptions;
  #messages: AsyncGenerator<BagMessage, void, undefined> | undefined;
  #next: BagMessage | undefined;

  constructor(options: BagCursorOptions) {
    const { bag, offsetNs } = options;
    this.#options = options;
    this.startNs = bag.startNs === undefined ? 0n : bag.startNs - offsetNs;
    this.endNs = bag.endNs === undefined ? 0n : bag.endNs - offsetNs;
  }

  get hasBegun(): boolean {
    return this.#messages !== undefined;
  }

  /** When the next message comes; undefined where none does, or before the first `seek`. */
  get nextNs(): bigint | undefined {
    return this.#next && this.#next.logNs - this.#options.offsetNs;
  }

  /** Where to continue from a time, when nothing comes for long: a clock was set, or a time is wrong. */
  leapFrom(timeNs: bigint): bigint | undefined {
    const toNs = this.nextNs ?? this.endNs;
    return toNs - timeNs > LONGEST_PAUSE_NS ? toNs : undefined;
  }

  /** Continues with what comes at this time or later; returns what is latched before. */
  async seek(timeNs: bigint): Promise<readonly BagMessage[]> {
    const { bag, topics, latched, offsetNs } = this.#options;
    const logNs = timeNs + offsetNs;
    await this.#messages?.return();
    const last = new Map<string, BagMessage>();
    for await (const message of bag.messages({ topics: latched, toNs: logNs - 1n })) {
      last.set(message.topic, message);
    }
    this.#messages = bag.messages({ topics, fromNs: logNs });
    await this.#advance();
    return [...last.values()];
  }

  /** What has come by this time and was not given yet. */
  async *until(timeNs: bigint): AsyncGenerator<BagMessage, void, undefined> {
    const { offsetNs } = this.#options;
    while (this.#next && this.#next.logNs - offsetNs <= timeNs) {
      const message = this.#next;
      await this.#advance();
      yield message;
    }
  }

  async #advance(): Promise<void> {
    const result = await this.#messages!.next();
    this.#next = result.done ? undefined : result.value;
  }
}
