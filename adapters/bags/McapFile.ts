import { McapIndexedReader, type McapTypes } from '@mcap/core';
import type { BagMessage, BagReader, BagTopic, ReadOptions } from './Bag.ts';
import { CheckedChunks } from './CheckedChunks.ts';
import { areInOrder, type ChunkMessage, chunkMessages } from './chunkMessages.ts';
import { type Decompress, decompressors } from './decompressors.ts';
import { FileReadable } from './FileReadable.ts';
import { recoverRecords } from './McapRecovery.ts';
import { mergeTopics, topicOfChannel } from './topicTable.ts';

type ChunkIndex = McapTypes.TypedMcapRecords['ChunkIndex'];
type Message = Pick<McapTypes.TypedMcapRecords['Message'], 'logTime' | 'publishTime'>;
type Wanted = { readonly [Name in keyof ReadOptions]: ReadOptions[Name] | undefined };
type Contents = Pick<BagReader, 'topics' | 'startNs' | 'endNs'>;

const FAR_NS = (1n << 64n) - 1n;

/** An MCAP file: by its index where that is sound, else from the beginning as far as it goes. */
export class McapFile implements BagReader {
  readonly path: string;
  readonly topics: readonly BagTopic[];
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly #file: FileReadable;
  readonly #handlers: Readonly<Record<string, Decompress>>;
  readonly #index: McapIndexedReader | undefined;
  readonly #notices: Set<string>;

  private constructor(
    path: string,
    file: FileReadable,
    handlers: Readonly<Record<string, Decompress>>,
    index: McapIndexedReader | undefined,
    contents: Contents,
    notices: Set<string>,
  ) {
    this.path = path;
    this.#file = file;
    this.#handlers = handlers;
    this.#index = index;
    this.topics = contents.topics;
    this.startNs = contents.startNs;
    this.endNs = contents.endNs;
    this.#notices = notices;
  }

  static async open(path: string): Promise<McapFile> {
    const file = await FileReadable.open(path);
    const handlers = await decompressors();
    const notices = new Set<string>();
    try {
      const index = await openIndex(file, handlers);
      const contents = contentsOfIndex(index);
      return new McapFile(path, file, handlers, index, contents, notices);
    } catch (error) {
      notices.add(`${path}: read without an index (${(error as Error).message})`);
      const contents = await scan(path, file, handlers, notices);
      return new McapFile(path, file, handlers, undefined, contents, notices);
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
    index: McapIndexedReader,
    { topics, fromNs, toNs }: ReadOptions,
  ): AsyncGenerator<BagMessage, void, undefined> {
    try {
      if (areInOrder(index.chunkIndexes)) {
        yield* this.#chunkByChunk(index, { topics, fromNs, toNs });
        return;
      }
      for await (const message of index.readMessages({
        ...(topics && { topics }),
        ...(fromNs !== undefined && { startTime: fromNs }),
        ...(toNs !== undefined && { endTime: toNs }),
        // They are checked where they are read.
        validateCrcs: false,
      })) {
        const channel = index.channelsById.get(message.channelId);
        if (channel) yield bagMessage(channel.topic, message, message.data);
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#notices.add(`${this.path}: damaged, read up to there: ${error.message}`);
    }
  }

  /** As the reader of MCAP does it for any order, only with less copying. */
  async *#chunkByChunk(
    { chunkIndexes, channelsById }: McapIndexedReader,
    options: Wanted,
  ): AsyncGenerator<BagMessage, void, undefined> {
    const { topics, fromNs = 0n, toNs = FAR_NS } = options;
    const names = new Map<number, string>();
    for (const { id, topic } of channelsById.values()) {
      if (!topics || topics.includes(topic)) names.set(id, topic);
    }
    const chunks = new CheckedChunks(this.#file);
    for (const chunk of chunkIndexes) {
      if (chunk.messageStartTime > toNs || chunk.messageEndTime < fromNs) continue;
      if (![...chunk.messageIndexOffsets.keys()].some((id) => names.has(id))) continue;
      for (const message of await this.#soundMessages(chunks, chunk)) {
        const name = names.get(message.channelId);
        if (name === undefined || message.logTime < fromNs || message.logTime > toNs) continue;
        yield bagMessage(name, message, message.data);
      }
    }
  }

  /** None of a chunk that is damaged. */
  async #soundMessages(chunks: CheckedChunks, chunk: ChunkIndex): Promise<ChunkMessage[]> {
    try {
      return chunkMessages(await chunks.records(chunk, this.#handlers));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { chunkStartOffset: at } = chunk;
      this.#notices.add(
        `${this.path}: a damaged record at byte ${at} is left out: ${error.message}`,
      );
      return [];
    }
  }

  async *#recovered(options: ReadOptions): AsyncGenerator<BagMessage, void, undefined> {
    const { topics, fromNs = 0n, toNs = FAR_NS } = options;
    const names = new Map<number, string>();
    for await (const record of recover(this.path, this.#file, this.#handlers, this.#notices)) {
      if (record.type === 'Channel') names.set(record.id, record.topic);
      if (record.type !== 'Message') continue;
      const topic = names.get(record.channelId);
      if (topic === undefined || (topics && !topics.includes(topic))) continue;
      if (record.logTime < fromNs || record.logTime > toNs) continue;
      yield bagMessage(topic, record, record.data);
    }
  }
}

/** @throws Error where the file has no sound index of all its messages */
async function openIndex(
  readable: FileReadable,
  handlers: Readonly<Record<string, Decompress>>,
): Promise<McapIndexedReader> {
  const chunks = new CheckedChunks(readable);
  const decompressHandlers = { ...chunks.handlers(handlers) };
  const index = await McapIndexedReader.Initialize({ readable: chunks, decompressHandlers });
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

function contentsOfIndex({ statistics, channelsById, schemasById }: McapIndexedReader): Contents {
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

/** What a file holds that has no index, by reading it once. */
async function scan(
  path: string,
  file: FileReadable,
  handlers: Readonly<Record<string, Decompress>>,
  notices: Set<string>,
): Promise<Contents> {
  const schemas = new Map<number, McapTypes.Schema>();
  const channels = new Map<number, McapTypes.Channel>();
  const counts = new Map<number, number>();
  let startNs: bigint | undefined;
  let endNs: bigint | undefined;
  for await (const record of recover(path, file, handlers, notices)) {
    if (record.type === 'Schema') schemas.set(record.id, { ...record, data: record.data.slice() });
    if (record.type === 'Channel') channels.set(record.id, record);
    if (record.type !== 'Message') continue;
    const { channelId, logTime } = record;
    counts.set(channelId, (counts.get(channelId) ?? 0) + 1);
    if (startNs === undefined || logTime < startNs) startNs = logTime;
    if (endNs === undefined || logTime > endNs) endNs = logTime;
  }
  const topics = [...channels].map(([id, channel]) =>
    topicOfChannel(channel, schemas.get(channel.schemaId), counts.get(id) ?? 0),
  );
  return { topics: mergeTopics(topics), startNs, endNs };
}

function recover(
  path: string,
  file: FileReadable,
  decompressHandlers: Readonly<Record<string, Decompress>>,
  notices: Set<string>,
) {
  const onDamage = (reason: string) => void notices.add(`${path}: ${reason}`);
  return recoverRecords({ file, decompressHandlers, onDamage });
}

function bagMessage(topic: string, message: Message, bytes: Uint8Array): BagMessage {
  return { topic, logNs: message.logTime, publishNs: message.publishTime, bytes };
}
