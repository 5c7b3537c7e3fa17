/** The publisher of a message, and its place among that publisher's messages; MessageInfo of rclnodejs. */
export type Origin = {
  readonly publisherGid: Uint8Array;
  /** Counts up from 1; not above 0 where the middleware does not count. */
  readonly publicationSequenceNumber: bigint;
  /** When it was published, ns since the epoch; 0 where the middleware does not say. */
  readonly sourceTimestamp: bigint;
};

/** The publishers that are remembered; of more, those that were silent for longest are forgotten. */
const MAX_PUBLISHERS = 64;

/**
 * Merges subscriptions of one topic with different QoS: each message counts once, and one that its publisher
 * has overtaken by a newer one does not count.
 */
export class NewestOfEach {
  readonly #newest = new Map<string, bigint>();

  /** True for a message that is newer than all that its publisher has sent before. */
  isNew({ publisherGid, publicationSequenceNumber, sourceTimestamp }: Origin): boolean {
    const order = publicationSequenceNumber > 0n ? publicationSequenceNumber : sourceTimestamp;
    if (order <= 0n) return true; // nothing tells: rather twice than never
    const publisher = nameOf(publisherGid);
    const before = this.#newest.get(publisher);
    if (before !== undefined && order <= before) return false;
    this.#newest.delete(publisher);
    this.#newest.set(publisher, order);
    if (this.#newest.size > MAX_PUBLISHERS) {
      this.#newest.delete(this.#newest.keys().next().value!);
    }
    return true;
  }
}

/**
 * Merges a reliable and a best-effort subscription of one topic: every message counts once, in its order. The
 * best-effort subscription, which may run ahead, counts only for publishers that do not publish reliably.
 */
export class ReliableFirst {
  readonly #newest = new NewestOfEach();
  readonly #reliableOnes = new Set<string>();

  counts(origin: Origin, isReliable: boolean): boolean {
    const publisher = nameOf(origin.publisherGid);
    if (isReliable) {
      if (this.#reliableOnes.size >= MAX_PUBLISHERS) this.#reliableOnes.clear();
      this.#reliableOnes.add(publisher);
    } else if (this.#reliableOnes.has(publisher)) return false;
    return this.#newest.isNew(origin);
  }
}

function nameOf(publisherGid: Uint8Array): string {
  return Buffer.from(publisherGid).toString('latin1');
}
