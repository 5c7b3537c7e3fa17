import '../process/requireRos.ts';
import rclnodejs, {
  type MessageTypeClassName,
  type Parameter,
  type QoS,
  type Subscription,
} from 'rclnodejs';
// @ts-expect-error: not in its types
import native from 'rclnodejs/lib/native_loader.js';
import { Guard } from './Guard.ts';
import { ReliableFirst, type Origin } from './NewestOfEach.ts';
import { type OverridesOfNodes, overridesOf } from '../parameters/parameterOverrides.ts';
import { printableLogger } from './printableLogger.ts';
import { newestFrame, reliable } from './qos.ts';

const { LifecycleNode } = rclnodejs.lifecycle;

/** What the native part of rclnodejs calls, and the answer to `change_state`; not in its types. */
type NativeEntryPoints = {
  execute(readyHandles: unknown[]): void;
  _onChangeState(
    request: unknown,
    response: { template: { success: boolean }; send(result: { success: boolean }): void },
  ): void;
};

/** `createSubscription` of rclnodejs, of which the options may be left out. */
type Subscribe = (
  type: MessageTypeClassName,
  topic: string,
  options: unknown,
  callback?: unknown,
) => Subscription;

const base = LifecycleNode.prototype as unknown as NativeEntryPoints & {
  createSubscription: Subscribe;
};

export type GivenParameters = readonly OverridesOfNodes<{
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}>[];

/** A lifecycle node of rclnodejs without those of its ways that end a process or mislead its users. */
export class GuardedNode extends LifecycleNode {
  readonly guard: Guard;

  constructor(name: string) {
    const options = rclnodejs.NodeOptions.defaultOptions;
    // Its parameter services leave odd requests without an answer: `serveParameters` takes their place.
    options.startParameterServices = false;
    super(name, undefined, undefined, options);
    // What `getLogger` gives, also to rclnodejs itself.
    Object.assign(this, { _logger: printableLogger(this.getLogger()) });
    this.guard = new Guard((text) => this.getLogger().error(text));
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

  /** Read at the start: whether time comes from /clock. */
  get usesSimulatedTime(): boolean {
    return this.getParameter('use_sim_time')?.value === true;
  }

  /** What parameter files and `-p` set, for any node. */
  get givenParameters(): GivenParameters {
    const { handle } = this.context as unknown as { handle: unknown };
    return (native.getParameterOverrides(handle) as GivenParameters | undefined) ?? [];
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
    return new Map(
      [...overridesOf(this.givenParameters, this.fullName)].map(([name, { type, value }]) => [
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

  /**
   * Called by the constructor for /clock: a reliable subscription alone, which rclnodejs
   * makes, receives nothing from `ros2 bag play` and others that publish it best effort.
   */
  _subscribeToClock(type: MessageTypeClassName, take: (message: unknown) => void): Subscription {
    const merged = new ReliableFirst();
    const subscribe = (qos: QoS, isReliable: boolean) => {
      const takeNew = (message: unknown, origin: Origin) => {
        if (merged.counts(origin, isReliable)) take(message);
      };
      return base.createSubscription.call(this, type, '/clock', { qos }, takeNew);
    };
    const reliably = subscribe(reliable(), true);
    subscribe(newestFrame(), false);
    return reliably;
  }
}

/** rclnodejs subscribes to /clock, and to nothing else, without options. */
(GuardedNode.prototype as unknown as { createSubscription: Subscribe }).createSubscription =
  function (this: GuardedNode, type, topic, options, callback) {
    return topic === '/clock' && typeof options === 'function'
      ? this._subscribeToClock(type, options as (message: unknown) => void)
      : base.createSubscription.call(this, type, topic, options, callback);
  };
