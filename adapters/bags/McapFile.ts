import { McapIndexedReader } from '@mcap/core';
import { printable } from '../../core/text/printable.ts';
import type { BagMessage, BagReader, BagTopic, ReadOptions } from './Bag.ts';
import type { ChunkMessage } from './chunkMessages.ts';
import { type Decompress, decompressors } from './decompressors.ts';
import { FileReadable } from './FileReadable.ts';
import { mcapChunks } from './McapChunks.ts';
import { MessageUnpacker } from './MessageUnpacker.ts';
import { BudgetError, LARGEST_SUMMARY, ReadBudget } from './mcapLimits.ts';
import { type McapContents, MAX_NOTICES, recoverMcap, scanMcap } from './scanMcap.ts';
import { mergeTopics, topicOfChannel } from './topicTable.ts';

type Message = Pick<ChunkMessage, 'logTime' | 'publishTime'>;

const FAR_NS = (1n << 64n) - 1n;

/** An MCAP file: by its index where that is sound, else from the beginning as far as it goes. */
export class McapFile implements BagReader {
  readonly path: string;
  readonly topics: readonly BagTopic[];
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly #file: FileReadable;
  readonly #bytes: number;
  readonly #handlers: Readonly<Record<string, Decompress>>;
  readonly #index: McapIndexedReader | undefined;
  readonly #notices: Set<string>;

  private constructor(
    path: string,
    file: FileReadable,
    bytes: number,
    handlers: Readonly<Record<string, Decompress>>,
    index: McapIndexedReader | undefined,
    contents: McapContents,
    notices: Set<string>,
  ) {
    this.path = path;
    this.#file = file;
    this.#bytes = bytes;
    this.#handlers = handlers;
    this.#index = index;
    this.topics = contents.topics;
    this.startNs = contents.startNs;
    this.endNs = contents.endNs;
    this.#notices = notices;
  }

  /** @throws Error where it is no file */
  static async open(path: string): Promise<McapFile> {
    const file = FileReadable.open(path);
    try {
      const bytes = Number(await file.size());
      const handlers = await decompressors();
      const notices = new Set<string>();
      let index: McapIndexedReader | undefined;
      let contents: McapContents;
      try {
        index = await openIndex(file);
        contents = contentsOfIndex(index);
      } catch (error) {
        notices.add(`${path}: read without an index (${printable((error as Error).message)})`);
        index = undefined;
        contents = await scanMcap(path, file, bytes, handlers, notices);
      }
      return new McapFile(path, file, bytes, handlers, index, contents, notices);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get notices(): readonly string[] {
    return [...this.#notices];
  }

  messages(options: ReadOptions = {}): AsyncGenerator<BagMessage, void, undefined> {
    return this.#index ? this.#indexed(this.#index, options) : this.#recovered(options);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async *#indexed(
    { chunkIndexes, channelsById, statistics }: McapIndexedReader,
    { topics, fromNs = 0n, toNs = FAR_NS }: ReadOptions,
  ): AsyncGenerator<BagMessage, void, undefined> {
    const names = new Map<number, string>();
    for (const { id, topic } of channelsById.values()) {
      if (!topics || topics.includes(topic)) names.set(id, topic);
    }
    const wanted = chunkIndexes.filter(
      ({ messageStartTime, messageEndTime, messageIndexOffsets }) =>
        messageStartTime <= toNs &&
        messageEndTime >= fromNs &&
        [...messageIndexOffsets.keys()].some((id) => names.has(id)),
    );
    const budget = new ReadBudget(this.#bytes);
    const chunks = mcapChunks(wanted, {
      file: this.#file,
      decompressors: this.#handlers,
      budget,
      onNotice: (reason) => this.#note(reason),
    });
    const unpacker = new MessageUnpacker(this.#handlers['zstd']!, budget);
    let count = 0n;
    const before = this.#notices.size;
    try {
      for await (const message of chunks) {
        const name = names.get(message.channelId);
        if (name === undefined || message.logTime < fromNs || message.logTime > toNs) continue;
        budget.takeMessage();
        count += 1n;
        const bytes = this.#unpacked(message.data, unpacker);
        if (bytes) yield bagMessage(name, message, bytes);
      }
      const isWhole = !topics && fromNs === 0n && toNs === FAR_NS && this.#notices.size === before;
      const expected = statistics!.messageCount;
      if (isWhole && count !== expected) {
        this.#note(`expected ${expected} messages as it says, found ${count}`);
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#note(`damaged, read up to there: ${error.message}`);
    }
  }

  /** Undefined for a message that is damaged. */
  #unpacked(data: Uint8Array, unpacker: MessageUnpacker): Uint8Array | undefined {
    try {
      return unpacker.unpack(data);
    } catch (error) {
      if (error instanceof BudgetError || !(error instanceof Error)) throw error;
      this.#note(`a damaged message is left out: ${error.message}`);
      return undefined;
    }
  }

  #note(reason: string): void {
    if (this.#notices.size < MAX_NOTICES) this.#notices.add(`${this.path}: ${reason}`);
  }

  async *#recovered(options: ReadOptions): AsyncGenerator<BagMessage, void, undefined> {
    const { topics = this.topics.map(({ name }) => name), fromNs = 0n, toNs = FAR_NS } = options;
    const wanted = new Set(topics);
    const names = new Map<number, string>();
    const budget = new ReadBudget(this.#bytes);
    const unpacker = new MessageUnpacker(this.#handlers['zstd']!, budget);
    const records = recoverMcap(this.path, this.#file, budget, this.#handlers, this.#notices);
    try {
      for await (const record of records) {
        if (record.type === 'Channel') names.set(record.id, record.topic);
        if (record.type !== 'Message') continue;
        const topic = names.get(record.channelId);
        if (topic === undefined || !wanted.has(topic)) continue;
        if (record.logTime < fromNs || record.logTime > toNs) continue;
        const bytes = this.#unpacked(record.data, unpacker);
        if (bytes) yield bagMessage(topic, record, bytes);
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#note(`damaged, read up to there: ${error.message}`);
    }
  }
}

/** @throws Error where the file has no sound index of all its messages, or too large a one */
async function openIndex(file: FileReadable): Promise<McapIndexedReader> {
  const readable = {
    size: () => file.size(),
    read: (offset: bigint, size: bigint) => {
      if (size > LARGEST_SUMMARY) throw new Error(`a summary of ${size} bytes`);
      return file.read(offset, size);
    },
  };
  const index = await McapIndexedReader.Initialize({ readable });
  const { statistics, chunkIndexes, channelsById, schemasById } = index;
  if (!statistics) throw new Error('no statistics');
  if (chunkIndexes.length < statistics.chunkCount) throw new Error('no index of chunks');
  if (statistics.chunkCount === 0 && statistics.messageCount > 0n) throw new Error('no chunks');
  if (channelsById.size < statistics.channelCount) throw new Error('no list of channels');
  for (const { messageIndexOffsets } of chunkIndexes) {
    if (messageIndexOffsets.size === 0) throw new Error('no index of messages');
  }
  for (const { schemaId, topic } of channelsById.values()) {
    if (schemaId !== 0 && !schemasById.has(schemaId)) throw new Error(`no schema of ${topic}`);
  }
  return index;
}

function contentsOfIndex({
  statistics,
  channelsById,
  schemasById,
}: McapIndexedReader): McapContents {
  const { messageCount, messageStartTime, messageEndTime, channelMessageCounts } = statistics!;
  const topics = [...channelsById.values()].map((channel) =>
    topicOfChannel(
      channel,
      schemasById.get(channel.schemaId),
      Number(channelMessageCounts.get(channel.id) ?? 0n),
    ),
  );
  const isEmpty = messageCount === 0n;
  return {
    topics: mergeTopics(topics),
    startNs: isEmpty ? undefined : messageStartTime,
    endNs: isEmpty ? undefined : messageEndTime,
  };
}

function bagMessage(topic: string, message: Message, bytes: Uint8Array): BagMessage {
  return { topic, logNs: message.logTime, publishNs: message.publishTime, bytes };
}
