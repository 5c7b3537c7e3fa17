import { secondsOf } from '../../core/math/time.ts';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { printable } from '../../core/text/printable.ts';
import type { BagMessage } from './Bag.ts';
import { BagWriter, type BagWriterOptions } from './BagWriter.ts';
import { episodeName } from './episodeName.ts';
import type { WrittenTopic } from './formatBagMetadata.ts';
import { MessageRing } from './MessageRing.ts';

export type EpisodeRecorderOptions = BagWriterOptions & {
  /** Holds a folder for each episode. */
  readonly folder: string;
  readonly topics: readonly WrittenTopic[];
  /** Messages that wait for the disk beyond this are left out. */
  readonly maxPendingBytes: number;
  /** Of the ring that `snapshot` writes; 0: no ring. */
  readonly snapshotSec: number;
  readonly snapshotMaxBytes: number;
  /** Told once for each episode that could not be written to its end. */
  readonly onFault: (reason: string) => void;
  /** Told what is recorded where, and what it came to. */
  readonly onNews: (text: string) => void;
};

/** How an episode came out; `undefined`: no one has said. */
export type EpisodeEnd = { readonly success: boolean | undefined; readonly notes: string };

type Episode = {
  readonly folder: string;
  readonly instruction: string;
  readonly writer: Promise<BagWriter>;
  opened: BagWriter | undefined;
  faulty: boolean;
  dropped: number;
  /** Log times, of what it has. */
  firstNs: bigint | undefined;
  lastNs: bigint;
};

/**
 * A folder for each episode, with its bag and an episode.yaml beside it:
 * `0007_put_the_spoon_on_the_towel/`. Calls return at once; the disk is waited for elsewhere.
 */
export class EpisodeRecorder {
  readonly #options: EpisodeRecorderOptions;
  readonly #ring: MessageRing | undefined;
  readonly #latched = new Map<string, BagMessage>();
  readonly #isLatched: ReadonlySet<string>;
  #episode: Episode | undefined;
  #naming: Promise<unknown> = Promise.resolve();
  #closing: Promise<unknown> = Promise.resolve();
  #recorded = 0;
  #dropped = 0;
  #lastFault = '';

  constructor(options: EpisodeRecorderOptions) {
    this.#options = options;
    const { topics, snapshotSec, snapshotMaxBytes } = options;
    this.#isLatched = new Set(topics.filter((one) => one.isLatched).map(({ name }) => name));
    if (snapshotSec > 0) this.#ring = new MessageRing(snapshotSec, snapshotMaxBytes);
  }

  get isRecording(): boolean {
    return this.#episode !== undefined && !this.#episode.faulty;
  }

  get figures() {
    return {
      folder: this.#episode?.opened?.folder ?? '',
      episodes: this.#recorded,
      messages: this.#episode?.opened?.messageCount ?? 0,
      dropped: this.#dropped,
      lastFault: this.#lastFault,
    };
  }

  add(message: BagMessage): void {
    this.#ring?.add(message);
    if (this.#isLatched.has(message.topic)) this.#latched.set(message.topic, message);
    if (this.#episode) this.#write(this.#episode, message);
  }

  /** Begins an episode; one that runs is finished as it is. It begins with the latched messages. */
  begin(instruction: string, nowNs: bigint): void {
    this.finish({ success: undefined, notes: '' });
    this.#episode = this.#open(instruction);
    for (const message of this.#latched.values()) {
      this.#write(this.#episode, { ...message, logNs: nowNs });
    }
  }

  /** Later episodes begin without what was said last on this latched topic. */
  forget(topic: string): void {
    this.#latched.delete(topic);
  }

  /** Ends the running episode, if there is one; false if there is none. */
  finish(end: EpisodeEnd): boolean {
    const episode = this.#episode;
    this.#episode = undefined;
    if (!episode) return false;
    this.#recorded += 1;
    const before = this.#closing;
    this.#closing = before.then(() => this.#close(episode, end));
    return true;
  }

  /** Writes the last seconds to a folder of their own; false where no ring is kept. */
  snapshot(reason: string): boolean {
    if (!this.#ring) return false;
    const messages = this.#ring.take();
    const episode = this.#open(`snapshot ${reason}`);
    const inRing = new Set(messages.map(({ topic }) => topic));
    const startNs = messages[0]?.logNs ?? 0n;
    for (const message of this.#latched.values()) {
      if (!inRing.has(message.topic)) this.#write(episode, { ...message, logNs: startNs }, true);
    }
    for (const message of messages) this.#write(episode, message, true);
    this.#recorded += 1;
    const before = this.#closing;
    const end = { success: undefined, notes: reason };
    this.#closing = before.then(() => this.#close(episode, end));
    return true;
  }

  /** Finishes what runs and waits for the disk. */
  async close(): Promise<void> {
    this.finish({ success: undefined, notes: '' });
    await this.#closing;
  }

  #open(title: string): Episode {
    const naming = this.#naming.then(() => this.#createWriter(title));
    this.#naming = naming.catch(() => undefined);
    const episode: Episode = {
      folder: this.#options.folder,
      instruction: title,
      writer: naming,
      opened: undefined,
      faulty: false,
      dropped: 0,
      firstNs: undefined,
      lastNs: 0n,
    };
    naming.then(
      (writer) => {
        episode.opened = writer;
        this.#options.onNews(`recording "${printable(title)}" in ${writer.folder}`);
      },
      (error: unknown) => this.#fail(episode, error as Error),
    );
    return episode;
  }

  async #createWriter(title: string): Promise<BagWriter> {
    const { folder, topics } = this.#options;
    await mkdir(folder, { recursive: true });
    const numbers = (await readdir(folder)).map((name) => Number(/^(\d+)_/.exec(name)?.[1] ?? 0));
    const number = Math.max(0, ...numbers) + 1;
    const name = episodeName(number, title);
    return BagWriter.create(join(folder, name), topics, this.#options);
  }

  #write(episode: Episode, message: BagMessage, always = false): void {
    if (episode.faulty) return;
    const pending = episode.opened?.pendingBytes ?? 0;
    if (!always && pending > this.#options.maxPendingBytes) {
      episode.dropped += 1;
      this.#dropped += 1;
      return;
    }
    episode.firstNs ??= message.logNs;
    if (message.logNs > episode.lastNs) episode.lastNs = message.logNs;
    void episode.writer
      .then(async (writer) => {
        await writer.write(message);
        if (writer.error) this.#fail(episode, writer.error);
      })
      .catch(() => undefined);
  }

  #fail(episode: Episode, error: Error): void {
    if (episode.faulty) return;
    episode.faulty = true;
    this.#lastFault = error.message;
    const where = episode.opened?.folder ?? episode.folder;
    this.#options.onFault(`recording in ${where} has ended: ${error.message}`);
  }

  async #close(episode: Episode, { success, notes }: EpisodeEnd): Promise<void> {
    try {
      const writer = await episode.writer;
      const facts = {
        instruction: episode.instruction,
        success: success ?? 'unknown',
        notes,
        dropped_messages: episode.dropped,
      };
      const entries = new Map(Object.entries(facts).map(([key, value]) => [key, String(value)]));
      await writer.close({ name: 'st4vla_episode', entries });
      if (writer.error) this.#fail(episode, writer.error);
      const file = join(writer.folder, 'episode.yaml');
      await writeFile(`${file}.part`, stringify({ ...facts, messages: writer.messageCount }));
      await rename(`${file}.part`, file);
      if (!episode.faulty) this.#options.onNews(summary(writer, episode, success));
    } catch (error) {
      this.#fail(episode, error as Error);
    }
  }
}

/** `recordings/0001_pick_coke_can: success, 12.0 s, 812 messages` */
function summary(
  { folder, messageCount }: BagWriter,
  { firstNs, lastNs, dropped }: Episode,
  success: boolean | undefined,
): string {
  const outcome = success === undefined ? 'nobody has judged it' : success ? 'success' : 'failure';
  const seconds = secondsOf(lastNs - (firstNs ?? lastNs)).toFixed(1);
  const lost = dropped > 0 ? `, ${dropped} left out` : '';
  return `${folder}: ${outcome}, ${seconds} s, ${messageCount} ${messageCount === 1 ? 'message' : 'messages'}${lost}`;
}
