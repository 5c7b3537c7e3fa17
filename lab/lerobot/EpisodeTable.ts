import { secondsOf } from '../../core/math/time.ts';
import type { MessageType } from 'rclnodejs';
import {
  type BagMessage,
  type BagReader,
  type BagTopic,
  BagError,
} from '../../adapters/bags/Bag.ts';
import { listing } from '../../adapters/bags/findTopics.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { readClocks } from '../../adapters/bags/readClocks.ts';
import { clockOffset } from '../../core/replay/clockOffset.ts';
import { InstructionFollower } from '../../core/replay/InstructionFollower.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';
import type { CompressedImage, Image } from '../replay/readFrames.ts';

export type JointState = MessageType<'sensor_msgs/msg/JointState'>;

/** What was known when a tick began: the newest of everything that had come by then. */
export type TableRow = {
  readonly tickNs: bigint;
  readonly instruction: string;
  readonly joints: JointState;
  /** Of each view, in their order. */
  readonly pictures: readonly {
    readonly type: string;
    readonly message: Image | CompressedImage;
  }[];
};

type Said = { readonly data: string };
type Planned = { readonly epoch: number; readonly instruction: string };

export type TableTopics = {
  readonly joints: BagTopic;
  /** Instructions themselves, and plans, which name those of goals: none, one or both. */
  readonly instruction: BagTopic | undefined;
  readonly plan: BagTopic | undefined;
  readonly views: ReadonlyMap<string, BagTopic>;
};

const IMAGE_TYPES = ['sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'];

/**
 * Finds what a table of an episode is made of.
 * @param views topic by name of the view; all cameras by default
 * @throws BagError where something is missing, with all that the bag has
 */
export function findTableTopics(
  bag: BagReader,
  namespace: string,
  views: ReadonlyMap<string, string>,
): TableTopics {
  const named = (name: string) => `/${[namespace, name].filter(Boolean).join('/')}`;
  const find = (name: string) =>
    bag.topics.find((topic) => topic.name === (name.startsWith('/') ? name : named(name)));
  const refuse = (reason: string) =>
    new BagError(bag.path, [reason, ...listing(bag.topics), ...bag.notices].join('\n'));
  const joints = find('joint_states');
  if (!joints || joints.count === 0) throw refuse(`no messages of ${named('joint_states')}`);
  const found = new Map<string, BagTopic>();
  for (const [view, name] of views) {
    const topic = find(name);
    if (!topic || !IMAGE_TYPES.includes(topic.type))
      throw refuse(`view ${view}: no pictures ${name}`);
    found.set(view, topic);
  }
  if (views.size === 0) {
    for (const topic of bag.topics) {
      if (!IMAGE_TYPES.includes(topic.type) || topic.count === 0) continue;
      found.set(viewName(topic.name, namespace), topic);
    }
  }
  if (found.size === 0) throw refuse('no pictures');
  const [instruction, plan] = ['instruction', 'plan'].map((name) => {
    const topic = find(name);
    return topic !== undefined && topic.count > 0 ? topic : undefined;
  });
  return { joints, instruction, plan, views: found };
}

/** `/camera/front/image_raw/compressed` is `front`; what is called otherwise keeps its whole name. */
function viewName(topic: string, namespace: string): string {
  const relative = topic.replace(/^\//, '').replace(namespace === '' ? '' : `${namespace}/`, '');
  const plain = relative.replace(/\/compressed$/, '');
  const camera = /^camera\/([^/]+)\/image_raw$/.exec(plain);
  return camera?.[1] ?? plain.replaceAll('/', '_');
}

/** Older pictures and joint states are not of the moment, seconds; of slow datasets, two ticks. */
const MAX_AGE_SEC = 0.5;
/** Stamps further apart are of different clocks. */
const SAME_CLOCK_NS = 10_000_000_000n;

/** A row for each tick for which everything was there, and how many had to be left out. */
export class EpisodeTable {
  #missing = 0;
  #damaged = 0;
  #stale = 0;
  readonly #apart = new Map<string, bigint>();
  readonly #maxAgeNs: bigint;
  readonly #follower = new InstructionFollower();
  readonly #bag: BagReader;
  readonly #topics: TableTopics;
  readonly #instruction: string | undefined;

  constructor(
    bag: BagReader,
    topics: TableTopics,
    instruction: string | undefined,
    tickSec: number,
  ) {
    this.#maxAgeNs = BigInt(Math.round(Math.max(MAX_AGE_SEC, 2 * tickSec) * 1e9));
    this.#bag = bag;
    this.#topics = topics;
    this.#instruction = instruction;
  }

  /** Ticks without a row, at the beginning. */
  get missing(): number {
    return this.#missing;
  }

  /** What is told of the rows: ticks without, messages left out, clocks that differ. */
  get notices(): readonly string[] {
    const told: string[] = [];
    const fresh = this.#missing - this.#stale;
    if (fresh > 0) told.push(`${fresh} ticks without picture, joints or instruction`);
    const age = secondsOf(this.#maxAgeNs);
    if (this.#stale > 0) {
      told.push(`${this.#stale} ticks left out: a picture or joint state older than ${age} s`);
    }
    if (this.#damaged > 0) told.push(`${this.#damaged} messages that do not decode were left out`);
    for (const [topic, ns] of this.#apart) {
      const seconds = secondsOf(ns).toFixed(0);
      told.push(
        `${topic}: another clock, ${seconds} s from that of the joints: taken by log times`,
      );
    }
    return told;
  }

  /** Oldest that a picture or joint state may be, ns. */
  get maxAgeNs(): bigint {
    return this.#maxAgeNs;
  }

  /** Messages that did not decode. */
  get damaged(): number {
    return this.#damaged;
  }

  /** @param ticksNs when ticks begin, ascending, in the clock of the stamps */
  async *rows(ticksNs: readonly bigint[]): AsyncGenerator<TableRow, void, undefined> {
    const latest = new Map<string, BagMessage>();
    const { joints, instruction, plan, views } = this.#topics;
    const telling = [instruction, plan].filter((topic) => topic !== undefined);
    const topics = [joints, ...views.values(), ...telling];
    const decoders = new Map(topics.map((topic) => [topic.name, decoderOf(this.#bag, topic)]));
    const stampOf = (bytes: Uint8Array) =>
      nsFromStamp((decoders.get(joints.name)!(bytes) as JointState).header.stamp);
    const offsetNs = clockOffset(await readClocks(this.#bag, joints.name, stampOf));
    let next = 0;
    const take = () => this.#row(ticksNs[next++]!, latest, decoders, offsetNs);
    for await (const message of this.#bag.messages({ topics: topics.map(({ name }) => name) })) {
      const arrivalNs = message.logNs - offsetNs;
      while (next < ticksNs.length && ticksNs[next]! < arrivalNs) {
        const row = take();
        if (row) yield row;
      }
      if (message.topic === instruction?.name || message.topic === plan?.name) {
        this.#hear(decoders.get(message.topic)!, message.bytes);
      } else latest.set(message.topic, message);
    }
    while (next < ticksNs.length) {
      const row = take();
      if (row) yield row;
    }
  }

  #row(
    tickNs: bigint,
    latest: Map<string, BagMessage>,
    decoders: ReadonlyMap<string, (bytes: Uint8Array) => unknown>,
    offsetNs: bigint,
  ): TableRow | undefined {
    const decoded = (topic: BagTopic) => {
      const message = latest.get(topic.name);
      if (!message) return undefined;
      try {
        return decoders.get(topic.name)!(message.bytes);
      } catch {
        this.#damaged += 1;
        latest.delete(topic.name);
        return undefined;
      }
    };
    const { views } = this.#topics;
    const joints = decoded(this.#topics.joints) as JointState | undefined;
    const instruction = this.#instruction ?? this.#follower.current;
    const pictures = [...views.values()].flatMap((topic) => {
      const message = decoded(topic) as Image | CompressedImage | undefined;
      return message ? [{ type: topic.type, message }] : [];
    });
    if (joints && instruction !== undefined && pictures.length === views.size) {
      const used = [this.#topics.joints, ...views.values()];
      const oldestNs = tickNs + offsetNs - this.#maxAgeNs;
      if (used.some(({ name }) => latest.get(name)!.logNs < oldestNs)) {
        this.#stale += 1;
        this.#missing += 1;
        return undefined;
      }
      for (const [i, { name }] of [...views.values()].entries()) {
        const [a, b] = [pictures[i]!.message.header.stamp, joints.header.stamp];
        const apartNs = nsFromStamp(a) - nsFromStamp(b);
        const isApart = apartNs > SAME_CLOCK_NS || apartNs < -SAME_CLOCK_NS;
        if (isApart && !this.#apart.has(name)) this.#apart.set(name, apartNs);
      }
      return { tickNs, instruction, joints, pictures };
    }
    this.#missing += 1;
    return undefined;
  }

  /** What does not decode was not said. */
  #hear(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
    let message: Said | Planned;
    try {
      message = decode(bytes) as Said | Planned;
    } catch {
      this.#damaged += 1;
      return;
    }
    if ('data' in message) this.#follower.said(message.data);
    else this.#follower.planned(message.epoch, message.instruction);
  }
}

function decoderOf(bag: BagReader, topic: BagTopic): (bytes: Uint8Array) => unknown {
  const decoding = messageDecoder(topic);
  if (decoding.ok) return decoding.decode;
  throw new BagError(bag.path, decoding.reason);
}
