import type { BagMessage, BagReader, BagTopic, ReadOptions } from './Bag.ts';
import { mergeTopics } from './topicTable.ts';

/** A bag of several files, one after the other in time. */
export class SplitBag implements BagReader {
  readonly path: string;
  readonly topics: readonly BagTopic[];
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly #files: readonly BagReader[];
  readonly #notices: readonly string[];

  constructor(path: string, files: readonly BagReader[], notices: readonly string[]) {
    this.path = path;
    this.#files = files;
    this.#notices = notices;
    this.topics = mergeTopics(files.flatMap((file) => file.topics));
    this.startNs = extreme(files, 'startNs', (a, b) => a < b);
    this.endNs = extreme(files, 'endNs', (a, b) => a > b);
  }

  get notices(): readonly string[] {
    return [...this.#notices, ...this.#files.flatMap((file) => file.notices)];
  }

  /**
   * A latched message that is repeated at the beginning of a file comes once: the same bytes, sent at
   * the same time, which some writers leave at 0.
   */
  async *messages(options: ReadOptions = {}): AsyncGenerator<BagMessage, void, undefined> {
    const last = new Map<string, BagMessage>();
    for (const file of this.#files) {
      const before = new Map(last);
      for await (const message of file.messages(options)) {
        if (isRepeated(message, before.get(message.topic))) continue;
        last.set(message.topic, message);
        yield message;
      }
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }
}

function isRepeated({ logNs, publishNs, bytes }: BagMessage, before?: BagMessage): boolean {
  if (before === undefined || publishNs === 0n || logNs <= publishNs) return false;
  return before.publishNs === publishNs && Buffer.compare(before.bytes, bytes) === 0;
}

function extreme(
  files: readonly BagReader[],
  which: 'startNs' | 'endNs',
  isBetter: (a: bigint, b: bigint) => boolean,
): bigint | undefined {
  let best: bigint | undefined;
  for (const { [which]: time } of files) {
    if (time !== undefined && (best === undefined || isBetter(time, best))) best = time;
  }
  return best;
}
