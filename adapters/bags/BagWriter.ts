import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import zstd from '@foxglove/wasm-zstd';
import { type IWritable, McapWriter } from '@mcap/core';
import type { BagMessage } from './Bag.ts';
import { FileWritable } from './FileWritable.ts';
import { formatBagMetadata, type WrittenFile, type WrittenTopic } from './formatBagMetadata.ts';

export type BagWriterOptions = {
  /** A new file is begun after this many bytes, or seconds; 0: never. */
  readonly splitBytes?: number;
  readonly splitSec?: number;
  /** What a crash may lose: a chunk is written when it has this many bytes; 64 KiB. */
  readonly chunkBytes?: number;
  /** The ROS 2 distribution that the messages come from, such as jazzy; unknown where it is left out. */
  readonly rosDistro?: string | undefined;
  /** Files on disk by default. */
  readonly createFile?: (path: string) => Promise<ClosableWritable>;
};

export type ClosableWritable = IWritable & { close(): Promise<void> };

type OpenFile = {
  readonly name: string;
  readonly writable: ClosableWritable;
  readonly writer: McapWriter;
  readonly channels: ReadonlyMap<string, number>;
  readonly startNs: bigint;
};

/** Fast, and nearly as small as the default for pictures. */
const ZSTD_LEVEL = 1;
/** Without pictures about a second of the pipeline, with them one picture. */
const CHUNK_BYTES = 1 << 16;

/**
 * Writes a bag in rosbag2's layout: a folder with MCAP files (zstd chunks, definitions embedded) and
 * metadata.yaml. Messages are written in the order of the calls, which need not wait for one
 * another; the first error is kept, and nothing is written after it.
 */
export class BagWriter {
  readonly folder: string;
  readonly #topics: ReadonlyMap<string, WrittenTopic>;
  readonly #options: BagWriterOptions;
  readonly #files: WrittenFile[] = [];
  readonly #counts = new Map<string, number>();
  readonly #latched = new Map<string, BagMessage>();
  #file: OpenFile | undefined;
  #tail: Promise<void> = Promise.resolve();
  #pendingBytes = 0;
  #error: Error | undefined;

  private constructor(folder: string, topics: readonly WrittenTopic[], options: BagWriterOptions) {
    this.folder = folder;
    this.#topics = new Map(topics.map((topic) => [topic.name, topic]));
    this.#options = options;
  }

  /** @throws Error where the folder exists or cannot be made */
  static async create(
    folder: string,
    topics: readonly WrittenTopic[],
    options: BagWriterOptions = {},
  ): Promise<BagWriter> {
    await zstd.isLoaded;
    await mkdir(folder);
    return new BagWriter(folder, topics, options);
  }

  /** Bytes of messages that wait to be written. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Why writing has ended before its time. */
  get error(): Error | undefined {
    return this.#error;
  }

  get messageCount(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Resolves when the message is written, or will not be because of `error`. */
  write(message: BagMessage): Promise<void> {
    this.#pendingBytes += message.bytes.length;
    return this.#enqueue(async () => {
      this.#pendingBytes -= message.bytes.length;
      await this.#add(message);
    });
  }

  /** @param notes kept in the last file as an MCAP metadata record of this name */
  async close(notes?: { readonly name: string; readonly entries: ReadonlyMap<string, string> }) {
    await this.#enqueue(async () => {
      if (notes && this.#file) {
        await this.#file.writer.addMetadata({ name: notes.name, metadata: new Map(notes.entries) });
      }
      await this.#endFile();
      await this.#writeMetadata();
    });
    await this.#file?.writable.close().catch(() => undefined);
    this.#file = undefined;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(async () => {
      if (this.#error) return;
      try {
        await work();
      } catch (error) {
        this.#error = error as Error;
        this.#pendingBytes = 0;
      }
    });
    return this.#tail;
  }

  async #add(message: BagMessage): Promise<void> {
    const topic = this.#topics.get(message.topic);
    if (!topic) throw new Error(`no topic ${message.topic} in this bag`);
    if (this.#file && this.#isFull(this.#file, message.logNs)) await this.#endFile();
    if (!this.#file) await this.#beginFile(message.logNs);
    await this.#put(this.#file!, message);
    if (topic.isLatched) this.#latched.set(topic.name, message);
  }

  async #put({ writer, channels }: OpenFile, message: BagMessage): Promise<void> {
    const { topic, logNs: logTime, publishNs: publishTime, bytes: data } = message;
    const count = (this.#counts.get(topic) ?? 0) + 1;
    this.#counts.set(topic, count);
    const channelId = channels.get(topic)!;
    await writer.addMessage({ channelId, sequence: count, logTime, publishTime, data });
  }

  #isFull({ writable, startNs }: OpenFile, nowNs: bigint): boolean {
    const { splitBytes = 0, splitSec = 0 } = this.#options;
    if (splitBytes > 0 && writable.position() >= splitBytes) return true;
    return splitSec > 0 && Number(nowNs - startNs) >= splitSec * 1e9;
  }

  async #beginFile(startNs: bigint): Promise<void> {
    const name = `${basename(this.folder)}_${this.#files.length}.mcap`;
    const create = this.#options.createFile ?? ((path: string) => FileWritable.create(path));
    const writable = await create(join(this.folder, name));
    const writer = new McapWriter({
      writable,
      chunkSize: this.#options.chunkBytes ?? CHUNK_BYTES,
      compressChunk: (chunk) => ({
        compression: 'zstd',
        compressedData: zstd.compress(chunk, ZSTD_LEVEL),
      }),
    });
    await writer.start({ profile: 'ros2', library: 'st4vla_ros' });
    const channels = new Map<string, number>();
    const schemas = new Map<string, number>();
    for (const topic of this.#topics.values()) {
      channels.set(topic.name, await registerTopic(writer, topic, schemas));
    }
    const { rosDistro } = this.#options;
    if (rosDistro) {
      // As rosbag2 has it; where the other key is missing, rosbag2 warns at each reading.
      const metadata = new Map([
        ['ROS_DISTRO', rosDistro],
        ['serialized_metadata', ''],
      ]);
      await writer.addMetadata({ name: 'rosbag2', metadata });
    }
    this.#file = { name, writable, writer, channels, startNs };
    for (const message of this.#latched.values()) {
      await this.#put(this.#file, { ...message, logNs: startNs });
    }
  }

  async #endFile(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    await file.writer.end();
    await file.writable.close();
    const { messageStartTime, messageEndTime, messageCount } = file.writer.statistics!;
    this.#files.push({
      name: file.name,
      startNs: messageStartTime,
      endNs: messageEndTime,
      messageCount: Number(messageCount),
    });
    this.#file = undefined;
  }

  async #writeMetadata(): Promise<void> {
    const path = join(this.folder, 'metadata.yaml');
    const topics = [...this.#topics.values()];
    const { rosDistro } = this.#options;
    const text = formatBagMetadata(topics, this.#counts, this.#files, rosDistro);
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  }
}

async function registerTopic(
  writer: McapWriter,
  { name, type, definition, qosProfiles }: WrittenTopic,
  schemas: Map<string, number>,
): Promise<number> {
  let schemaId = schemas.get(type);
  if (schemaId === undefined) {
    const data = new TextEncoder().encode(definition);
    schemaId = await writer.registerSchema({ name: type, encoding: 'ros2msg', data });
    schemas.set(type, schemaId);
  }
  return writer.registerChannel({
    schemaId,
    topic: name,
    messageEncoding: 'cdr',
    metadata: new Map([['offered_qos_profiles', qosProfiles]]),
  });
}
