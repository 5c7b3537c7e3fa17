import { createHash } from 'node:crypto';
import type { MessageType } from 'rclnodejs';
import {
  type BagMessage,
  type BagReader,
  type BagTopic,
  BagError,
} from '../../adapters/bags/Bag.ts';
import { findTopics, listing, type TopicNeed } from '../../adapters/bags/findTopics.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { readClocks } from '../../adapters/bags/readClocks.ts';
import { controlPeriodStart } from '../../core/control/controlPeriod.ts';
import type { ImageSpec } from '../../core/policy/ModelSpec.ts';
import { type ClockReading, clockOffset } from '../../core/replay/clockOffset.ts';
import { InstructionFollower } from '../../core/replay/InstructionFollower.ts';
import { instructionFault } from '../../core/text/instruction.ts';
import type { RecordedEvent } from '../../core/replay/RecordedWorld.ts';
import { jointSampleFromMessage } from '../../adapters/messages/jointState.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';
import { FrameSource } from './FrameSource.ts';

export type ReplayBagOptions = {
  /** Topic of each view of the model. */
  readonly cameras: ReadonlyMap<string, string>;
  readonly image: Pick<ImageSpec, 'width' | 'height' | 'resample'>;
  readonly namespace: string;
  /** Topic in the bag by the name that the pipeline uses. */
  readonly remaps: ReadonlyMap<string, string>;
  /** Instead of what the bag says. */
  readonly instruction: string | undefined;
};

/** Of a plan. */
type PlannedFor = { readonly epoch: number; readonly instruction: string };

type Turn = (message: BagMessage, arrivalNs: bigint) => RecordedEvent | undefined;

const IMAGE_TYPES = ['sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'];

/** What of a bag the pipeline sees, in the order of its arrival. */
export class ReplayBag {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly frames: FrameSource;
  /** Of the first view, as the bag calls it. */
  readonly primaryTopic: string;
  readonly #bag: BagReader;
  readonly #turns: ReadonlyMap<string, Turn>;
  readonly #offsetNs: bigint;
  readonly #instruction: string | undefined;
  readonly #hash = createHash('sha256');
  #damaged = 0;

  private constructor(
    bag: BagReader,
    turns: ReadonlyMap<string, Turn>,
    offsetNs: bigint,
    frames: FrameSource,
    primaryTopic: string,
    instruction: string | undefined,
  ) {
    this.#bag = bag;
    this.primaryTopic = primaryTopic;
    this.#turns = turns;
    this.#offsetNs = offsetNs;
    this.frames = frames;
    this.#instruction = instruction;
    // As a live controller.
    this.startNs = controlPeriodStart(bag.startNs! - offsetNs);
    this.endNs = bag.endNs! - offsetNs;
  }

  /** @throws BagError where the bag lacks what the pipeline needs, with all that it lacks */
  static async open(bag: BagReader, options: ReplayBagOptions): Promise<ReplayBag> {
    const topics = requireTopics(bag, options);
    const frames = new FrameSource(options.image);
    const turns = new Map<string, Turn>();
    const joints = decoderOf<MessageType<'sensor_msgs/msg/JointState'>>(bag, topics.get('joints')!);
    turns.set(topics.get('joints')!.name, ({ bytes }, arrivalNs) => {
      return { kind: 'joints', arrivalNs, sample: jointSampleFromMessage(joints(bytes)) };
    });
    for (const view of options.cameras.keys()) {
      const topic = topics.get(`view ${view}`)!;
      const read = frames.reader(view, topic.type, decoderOf(bag, topic));
      turns.set(topic.name, ({ bytes }, arrivalNs) => {
        return { kind: 'frame', arrivalNs, frame: read(bytes) };
      });
    }
    if (options.instruction === undefined) addInstructions(bag, topics, turns);
    const { name: jointsTopic } = topics.get('joints')!;
    const clocks = await readClocks(bag, jointsTopic, (bytes) =>
      nsFromStamp(joints(bytes).header.stamp),
    );
    if (clocks.length === 0) throw new BagError(bag.path, `${jointsTopic} has no messages`);
    requireMovingTime(bag, clocks);
    const [primary = ''] = options.cameras.keys();
    const { name } = topics.get(`view ${primary}`)!;
    return new ReplayBag(bag, turns, clockOffset(clocks), frames, name, options.instruction);
  }

  /** Messages that did not decode. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Of all that was read so far. */
  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  async *events(): AsyncGenerator<RecordedEvent, void, undefined> {
    if (this.#instruction !== undefined) {
      yield { kind: 'instruction', arrivalNs: this.startNs, text: this.#instruction };
    }
    let lastNs = this.startNs;
    for await (const message of this.#bag.messages({ topics: [...this.#turns.keys()] })) {
      this.#hash.update(`${message.topic} ${message.logNs} `).update(message.bytes);
      // A bag without an index comes as it was written: nearly in order.
      const arrivalNs = message.logNs - this.#offsetNs;
      if (arrivalNs > lastNs) lastNs = arrivalNs;
      const event = this.#turn(message, lastNs);
      if (event) yield event;
    }
  }

  #turn(message: BagMessage, arrivalNs: bigint): RecordedEvent | undefined {
    try {
      return this.#turns.get(message.topic)!(message, arrivalNs);
    } catch {
      this.#damaged += 1;
      return undefined;
    }
  }
}

/** @throws BagError where log times tell no order, though time has passed by the stamps */
function requireMovingTime(bag: BagReader, clocks: readonly ClockReading[]): void {
  const stamps = clocks.map(({ stampNs }) => stampNs);
  const [first, last] = [stamps[0]!, stamps.at(-1)!];
  if (bag.startNs !== bag.endNs || first === last) return;
  const reason =
    `all its messages were logged at ${bag.startNs} ns, though they are stamped ` +
    `${first} to ${last} ns: a replay goes by the log times`;
  throw new BagError(bag.path, reason);
}

function requireTopics(
  bag: BagReader,
  { cameras, namespace, remaps }: ReplayBagOptions,
): ReadonlyMap<string, BagTopic> {
  const names = new Set(bag.topics.map(({ name }) => name));
  const inNamespace = (name: string) => `/${[namespace, name].filter(Boolean).join('/')}`;
  const needs: TopicNeed[] = [...cameras].map(([view, topic]) => ({
    part: `view ${view}`,
    // Recorded as JPEG, a picture is on a topic of its own.
    topic:
      !remaps.has(topic) &&
      !names.has(inNamespace(topic)) &&
      names.has(inNamespace(`${topic}/compressed`))
        ? `${topic}/compressed`
        : topic,
    types: IMAGE_TYPES,
  }));
  needs.push(
    { part: 'joints', topic: 'joint_states', types: ['sensor_msgs/msg/JointState'] },
    {
      part: 'instruction',
      topic: 'instruction',
      types: ['std_msgs/msg/String'],
      isOptional: true,
    },
    { part: 'plan', topic: 'plan', types: ['st4vla_ros/msg/SpatialPlan'], isOptional: true },
  );
  const found = findTopics(bag.topics, needs, { namespace, remaps });
  if (!found.ok) {
    const reasons = ['this bag cannot be replayed', found.reason, ...bag.notices];
    throw new BagError(bag.path, reasons.join('\n'));
  }
  if (bag.startNs === undefined) throw new BagError(bag.path, 'it has no messages');
  return found.byPart;
}

/** What the operator said; of a goal of `execute_task` only its plans tell. */
function addInstructions(
  bag: BagReader,
  topics: ReadonlyMap<string, BagTopic>,
  turns: Map<string, Turn>,
): void {
  const said = topics.get('instruction');
  const plans = topics.get('plan');
  const follower = new InstructionFollower();
  const isThere = (topic: BagTopic | undefined) => topic !== undefined && topic.count > 0;
  if (!isThere(said) && !isThere(plans)) {
    const reason = ['no instruction in this bag: give one with --instruction'];
    throw new BagError(bag.path, [...reason, ...listing(bag.topics)].join('\n'));
  }
  if (said && isThere(said)) {
    const decode = decoderOf<{ readonly data: string }>(bag, said);
    turns.set(said.name, ({ bytes }, arrivalNs) => {
      const { data: text } = decode(bytes);
      // One that can be no instruction is refused where it is noted why.
      const isNew = instructionFault(text) !== undefined || follower.said(text);
      return isNew ? { kind: 'instruction', arrivalNs, text } : undefined;
    });
  }
  if (plans && isThere(plans)) {
    const decode = decoderOf<PlannedFor>(bag, plans);
    turns.set(plans.name, ({ bytes }, arrivalNs) => {
      const { epoch, instruction: text } = decode(bytes);
      return follower.planned(epoch, text) ? { kind: 'instruction', arrivalNs, text } : undefined;
    });
  }
}

function decoderOf<T>(bag: BagReader, topic: BagTopic): (bytes: Uint8Array) => T {
  const decoding = messageDecoder<T>(topic);
  if (decoding.ok) return decoding.decode;
  throw new BagError(bag.path, decoding.reason);
}
