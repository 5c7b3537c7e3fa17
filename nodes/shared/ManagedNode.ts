import rclnodejs, {
  type Clock as RosClock,
  type MessageType,
  type MessageTypeClassName,
  type Parameter,
  type QoS,
  type ServiceRequestMessage,
  type ServiceResponse,
  type ServiceResponseMessage,
  type ServiceTypeClassName,
} from 'rclnodejs';
// @ts-expect-error: not in its types
import native from 'rclnodejs/lib/native_loader.js';
import { type Endpoint, publishersOf } from './graph.ts';
import { Guard } from './Guard.ts';
import { MessageCodec } from './MessageCodec.ts';
import { printableLogger } from './printableLogger.ts';
import { PunctualTimer } from './PunctualTimer.ts';
import { type OverridesOfNodes, overridesOf } from './parameterOverrides.ts';

const { LifecycleNode } = rclnodejs.lifecycle;
const { Clock } = rclnodejs;

/** What the native part of rclnodejs calls, and the answer to `change_state`; not in its types. */
type NativeEntryPoints = {
  execute(readyHandles: unknown[]): void;
  _onChangeState(
    request: unknown,
    response: { template: { success: boolean }; send(result: { success: boolean }): void },
  ): void;
};
const base = LifecycleNode.prototype as unknown as NativeEntryPoints;

export type Publisher<T extends MessageTypeClassName> = { publish(message: MessageType<T>): void };

export type BytesPublisher = {
  publish(bytes: Buffer): void;
  hasSubscribers(): boolean;
};

/** A topic by its absolute name, with the endpoints of this node there. */
export type Advertised = { readonly topic: string; readonly endpoints: readonly Endpoint[] };

export type ListenOptions = {
  /** Also called while the node is not active. */
  readonly whileInactive?: boolean;
};

/**
 * A managed node whose callbacks cannot take the process down, and of which subscriptions and
 * timers are silent unless it is active. Create all entities before it spins: rclnodejs waits for
 * its executor whenever one is added later.
 */
export class ManagedNode extends LifecycleNode {
  readonly guard: Guard;
  #active = false;
  #steadyClock: RosClock | undefined;
  readonly #punctualTimers: PunctualTimer[] = [];
  readonly #codecs = new Map<string, MessageCodec<MessageTypeClassName>>();
  readonly #advertised: Advertised[] = [];

  constructor(name: string) {
    super(name);
    // What `getLogger` gives, also to rclnodejs itself.
    Object.assign(this, { _logger: printableLogger(this.getLogger()) });
    this.guard = new Guard((text) => this.getLogger().error(text));
  }

  get isActive(): boolean {
    return this.#active;
  }

  /** Set by the lifecycle alone. */
  set isActive(active: boolean) {
    this.#active = active;
    for (const timer of this.#punctualTimers) {
      if (active) timer.start();
      else timer.stop();
    }
  }

  /** ROS time, ns: the simulated clock where `use_sim_time` is set. */
  nowNs(): bigint {
    return this.getClock().now().nanoseconds;
  }

  /** `/arm1/perception` */
  get fullName(): string {
    const namespace = this.namespace();
    return `${namespace === '/' ? '' : namespace}/${this.name()}`;
  }

  /** What it publishes on, in the order in which that was made. */
  get advertised(): readonly Advertised[] {
    return this.#advertised;
  }

  /** The one door through which native code comes in; also guards what rclnodejs itself throws. */
  execute(readyHandles: unknown[]): void {
    try {
      base.execute.call(this, readyHandles);
    } catch (error) {
      this.guard.report('rclnodejs', error);
    }
  }

  /** Called by the constructor: which of the parameters given at the start are for this node. */
  _getNativeParameterOverrides(): Map<string, Parameter> {
    type Given = OverridesOfNodes<{ name: string; type: number; value: unknown }>[] | undefined;
    const { handle } = this.context as unknown as { handle: unknown };
    const given = native.getParameterOverrides(handle) as Given;
    return new Map(
      [...overridesOf(given ?? [], this.fullName)].map(([name, { type, value }]) => [
        name,
        new rclnodejs.Parameter(name, type, value),
      ]),
    );
  }

  /** An impossible transition is answered; rclnodejs throws and leaves its client waiting. */
  _onChangeState(...[request, response]: Parameters<NativeEntryPoints['_onChangeState']>): void {
    try {
      base._onChangeState.call(this, request, response);
    } catch (error) {
      this.getLogger().warn(`transition refused: ${(error as Error).message}`);
      const result = response.template;
      result.success = false;
      response.send(result);
    }
  }

  /** For messages that are rare or carry text of any language. */
  advertise<T extends MessageTypeClassName>(type: T, topic: string, qos: QoS): Publisher<T> {
    return this.#publisher(type, topic, qos);
  }

  /** For messages that are frequent or large; their texts must be ASCII. */
  advertiseRaw<T extends MessageTypeClassName>(type: T, topic: string, qos: QoS): Publisher<T> {
    const publisher = this.#publisher(type, topic, qos);
    const codec = this.#codec(type);
    return { publish: (message) => publisher.publish(codec.encode(message)) };
  }

  /** For messages that are bytes already. */
  advertiseBytes(type: MessageTypeClassName, topic: string, qos: QoS): BytesPublisher {
    const publisher = this.#publisher(type, topic, qos);
    return {
      publish: (bytes) => publisher.publish(bytes),
      // A number, whatever the types of rclnodejs say.
      hasSubscribers: () => Number(publisher.subscriptionCount) > 0,
    };
  }

  /** For messages that are rare. */
  listen<T extends MessageTypeClassName>(
    type: T,
    topic: string,
    qos: QoS,
    callback: (message: MessageType<T>) => void | Promise<void>,
    { whileInactive = false }: ListenOptions = {},
  ): void {
    const guarded = this.guard.wrap(`subscription of ${topic}`, callback);
    this.createSubscription(type, topic, { qos }, (message: MessageType<T>) => {
      if (whileInactive || this.#active) guarded(message);
    });
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
    { whileInactive = false }: ListenOptions = {},
  ): string {
    const guarded = this.guard.wrap(`subscription of ${topic}`, callback);
    const subscription = this.createSubscription(
      type,
      topic,
      { qos, isRaw: true },
      (bytes: Buffer) => {
        if (whileInactive || this.#active) guarded(bytes);
      },
    );
    return subscription.topic;
  }

  /** Read at the start: whether time comes from /clock. */
  get usesSimulatedTime(): boolean {
    return this.getParameter('use_sim_time')?.value === true;
  }

  /**
   * Calls back at a steady rate while the node is active: by simulated time where that is used and
   * nothing else is said, never by the system's clock, which may be set back.
   */
  every(
    periodSec: number,
    name: string,
    callback: () => void | Promise<void>,
    clock: 'ros' | 'steady' = 'ros',
  ) {
    const guarded = this.guard.wrap(name, callback);
    const periodNs = BigInt(Math.round(periodSec * 1e9));
    // A timer's clock must outlive it, and rclnodejs does not see to that.
    const isSteady = clock === 'steady' || !this.usesSimulatedTime;
    if (isSteady) this.#steadyClock ??= new Clock(rclnodejs.ClockType.STEADY_TIME);
    this.createTimer(
      periodNs,
      () => {
        if (this.#active) guarded();
      },
      isSteady ? this.#steadyClock : null,
    );
  }

  /**
   * As `every`, for what must come to the millisecond: past the executor, which passes each wake-up
   * from thread to thread. With simulated time it is the same as `every`.
   */
  everyPunctually(periodSec: number, name: string, callback: () => void): void {
    if (this.usesSimulatedTime) this.every(periodSec, name, callback);
    else {
      const guarded = this.guard.wrap(name, callback);
      this.#punctualTimers.push(new PunctualTimer(periodSec * 1000, guarded));
    }
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
    const fail = (error: unknown, response: ServiceResponse<T>) => {
      this.guard.report(`service ${name}`, error);
      response.send(onError((error as Error).message));
    };
    this.createService(type, name, (request, response: ServiceResponse<T>) => {
      try {
        const answered = answer(request);
        if (!(answered instanceof Promise)) response.send(answered);
        else {
          const sent = answered.then(
            (message) => response.send(message),
            (error: unknown) => fail(error, response),
          );
          this.guard.watch(`service ${name}`, sent);
        }
      } catch (error) {
        fail(error, response);
      }
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
