import { nsOf } from '../../core/math/time.ts';
import type { BagMessage } from './Bag.ts';

/** The messages of the last seconds, as far as they fit into memory. */
export class MessageRing {
  readonly #keepNs: bigint;
  readonly #maxBytes: number;
  #messages: BagMessage[] = [];
  #first = 0;
  #bytes = 0;

  constructor(keepSec: number, maxBytes: number) {
    this.#keepNs = nsOf(keepSec);
    this.#maxBytes = maxBytes;
  }

  add(message: BagMessage): void {
    this.#messages.push(message);
    this.#bytes += message.bytes.length;
    const oldestNs = message.logNs - this.#keepNs;
    while (this.#bytes > this.#maxBytes || this.#messages[this.#first]!.logNs < oldestNs) {
      this.#bytes -= this.#messages[this.#first]!.bytes.length;
      this.#first += 1;
      if (this.#first === this.#messages.length) break;
    }
    if (this.#first > 1024 && 2 * this.#first > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#first);
      this.#first = 0;
    }
  }

  /** All that it holds; it is empty afterwards. */
  take(): readonly BagMessage[] {
    const taken = this.#messages.slice(this.#first);
    this.#messages = [];
    this.#first = 0;
    this.#bytes = 0;
    return taken;
  }
}
