import type {
  MessageType,
  MessageTypeClassName,
  Publisher as RosPublisher,
  QoS,
  ServiceRequestMessage,
  ServiceResponseMessage,
  ServiceTypeClassName,
} from 'rclnodejs';
import { ConnectionWatch } from '../graph/ConnectionWatch.ts';
import { type EndpointId, policiesOf, publishersOf } from '../graph/graph.ts';
import { GuardedNode } from './GuardedNode.ts';
import { MessageCodec } from '../../../adapters/messages/MessageCodec.ts';
import { NewestOfEach, type Origin } from './NewestOfEach.ts';
import { NodeTimers } from './NodeTimers.ts';
import { failAsFault } from './failAsFault.ts';
import { latched, reliable, sensorData } from './qos.ts';
import { serviceAnswer } from './serviceAnswer.ts';

export type Publisher<T extends MessageTypeClassName> = { publish(message: MessageType<T>): void };

export type BytesPublisher = {
  publish(bytes: Buffer): void;
  hasSubscribers(): boolean;
};

/** A topic by its absolute name, with the endpoints of this node there. */
export type Advertised = { readonly topic: string; readonly endpoints: readonly EndpointId[] };

export type ListenOptions = {
  /** Also called while the node is not active. */
  readonly whileInactive?: boolean;
};

/**
 * A managed node whose callbacks cannot take the process down, and of which subscriptions and
 * timers are silent unless it is active. Create all entities before it spins: rclnodejs waits for
 * its executor whenever one is added later.
 */
export class ManagedNode extends GuardedNode {
  /** What this node publishes and listens to. */
  readonly connections = new ConnectionWatch();
  readonly #timers = new NodeTimers(this);
  #active = false;
  readonly #codecs = new Map<string, MessageCodec<MessageTypeClassName>>();
  readonly #advertised: Advertised[] = [];

  get isActive(): boolean {
    return this.#active;
  }

  /** Set by the lifecycle alone. */
  set isActive(active: boolean) {
    this.#active = active;
    this.#timers.isActive = active;
  }

  /** What it publishes on, in the order in which that was made. */
  get advertised(): readonly Advertised[] {
    return this.#advertised;
  }

  /** For messages that are rare or carry text of any language. */
  advertise<T extends MessageTypeClassName>(type: T, topic: string, qos: QoS): Publisher<T> {
    return failAsFault(this, topic, type, () => {
      const publisher = this.#publisher(type, topic, qos);
      this.connections.publishes(publisher.topic, type, policiesOf(qos));
      return publisher;
    });
  }

  /** For messages that are frequent or large; their texts must be ASCII. */
  advertiseRaw<T extends MessageTypeClassName>(type: T, topic: string, qos: QoS): Publisher<T> {
    const codec = this.#codec(type);
    const publisher = this.advertise(type, topic, qos) as unknown as BytesPublisher;
    return { publish: (message) => publisher.publish(codec.encode(message)) };
  }

  /** For messages that are bytes already. */
  advertiseBytes(type: MessageTypeClassName, topic: string, qos: QoS): BytesPublisher {
    const publisher = this.advertise(
      type,
      topic,
      qos,
    ) as unknown as RosPublisher<MessageTypeClassName>;
    return {
      publish: (bytes) => publisher.publish(bytes),
      // The types of rclnodejs do not say that it is a number.
      hasSubscribers: () => Number(publisher.subscriptionCount) > 0,
    };
  }

  /** For messages that are rare. */
  listen<T extends MessageTypeClassName>(
    type: T,
    topic: string,
    qos: QoS,
    callback: (message: MessageType<T>) => void | Promise<void>,
    options: ListenOptions = {},
  ): void {
    const take = this.#taker(topic, callback, options);
    this.#subscribe(type, topic, { qos }, (message: unknown) => take(message as MessageType<T>));
  }

  /**
   * Subscribes with every QoS (latched, reliable, best effort), for messages that must not be missed: one
   * that comes by several of them counts once, and one that its publisher has overtaken by a newer
   * one does not. For messages that are rare. Returns the topic's absolute name.
   */
  listenToAll<T extends MessageTypeClassName>(
    type: T,
    topic: string,
    callback: (message: MessageType<T>) => void | Promise<void>,
    options: ListenOptions = {},
  ): string {
    const take = this.#taker(topic, callback, options);
    const newest = new NewestOfEach();
    const names = [latched(), reliable(), sensorData()].map((qos) =>
      this.#subscribe(type, topic, { qos }, (message, origin) => {
        if (newest.isNew(origin)) take(message as MessageType<T>);
      }),
    );
    return names[0]!;
  }

  /** For messages that are frequent or large: decoded in JavaScript, and only when wanted. */
  listenRaw<T extends MessageTypeClassName>(
    type: T,
    topic: string,
    qos: QoS,
    callback: (message: MessageType<T>) => void | Promise<void>,
    options: ListenOptions = {},
  ): void {
    const codec = this.#codec(type);
    this.listenBytes(type, topic, qos, (bytes) => callback(codec.decode(bytes)), options);
  }

  /** For messages that are passed on as they are; returns the topic's absolute name. */
  listenBytes(
    type: MessageTypeClassName,
    topic: string,
    qos: QoS,
    callback: (bytes: Buffer) => void | Promise<void>,
    options: ListenOptions = {},
  ): string {
    const take = this.#taker(topic, callback, options);
    const raw = { qos, isRaw: true };
    return this.#subscribe(type, topic, raw, (bytes: unknown) => take(bytes as Buffer));
  }

  /**
   * Calls back at a steady rate while the node is active: by simulated time if the node uses it and
   * `clock` is not `steady`, and never by the system's clock, which may be set back.
   */
  every(
    periodSec: number,
    name: string,
    callback: () => void | Promise<void>,
    clock: 'ros' | 'steady' = 'ros',
  ): void {
    this.#timers.every(periodSec, this.guard.wrap(name, callback), clock);
  }

  /**
   * As `every`, for what must come to the millisecond: past the executor, which passes each wake-up
   * from thread to thread. With simulated time it is the same as `every`.
   */
  everyPunctually(periodSec: number, name: string, callback: () => void): void {
    this.#timers.everyPunctually(periodSec, this.guard.wrap(name, callback));
  }

  /** Of these topics two publishers contradict each other: the diagnostics name them. */
  expectOneSource(...topics: readonly string[]): void {
    for (const topic of topics) this.connections.expectsOneSource(this.resolveTopicName(topic));
  }

  /** Answers a service; when the answer throws, the client gets `onError` of it. */
  serve<T extends ServiceTypeClassName>(
    type: T,
    name: string,
    answer: (
      request: ServiceRequestMessage<T>,
    ) => ServiceResponseMessage<T> | Promise<ServiceResponseMessage<T>>,
    onError: (message: string) => ServiceResponseMessage<T>,
  ): void {
    const answering = serviceAnswer(this.guard, name, answer, onError);
    failAsFault(this, name, type, () => this.createService(type, name, answering));
  }

  /** `callback`, guarded and only while it is to be called. */
  #taker<Message>(
    topic: string,
    callback: (message: Message) => void | Promise<void>,
    { whileInactive = false }: ListenOptions,
  ): (message: Message) => void {
    const guarded = this.guard.wrap(`subscription of ${topic}`, callback);
    return (message) => {
      if (whileInactive || this.#active) guarded(message);
    };
  }

  #subscribe(
    type: MessageTypeClassName,
    topic: string,
    options: { readonly qos: QoS; readonly isRaw?: boolean },
    take: ((message: unknown) => void) | ((message: unknown, origin: Origin) => void),
  ): string {
    return failAsFault(this, topic, type, () => {
      // rclnodejs tells the origin to who takes two arguments.
      const subscription = this.createSubscription(type, topic, options, take as () => void);
      const name = subscription.topic;
      this.connections.listens(name, type, policiesOf(options.qos));
      return name;
    });
  }

  /**
   * Finds out which endpoint in the graph is the new one: one's own are there at once, those of others,
   * which may be called the same, after some milliseconds at the earliest.
   */
  #publisher<T extends MessageTypeClassName>(type: T, topic: string, qos: QoS) {
    const name = this.resolveTopicName(topic);
    const before = new Set(publishersOf(this, name)?.map(({ gid }) => gid));
    const publisher = this.createPublisher(type, topic, { qos });
    const added = (publishersOf(this, name) ?? []).filter(
      ({ gid, node }) => !before.has(gid) && node === this.fullName,
    );
    this.#advertised.push({ topic: name, endpoints: added });
    return publisher;
  }

  #codec<T extends MessageTypeClassName>(type: T): MessageCodec<T> {
    let codec = this.#codecs.get(type) as MessageCodec<T> | undefined;
    if (!codec) {
      codec = new MessageCodec(type);
      this.#codecs.set(type, codec as unknown as MessageCodec<MessageTypeClassName>);
    }
    return codec;
  }
}
