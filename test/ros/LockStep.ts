import assert from 'node:assert/strict';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { type Arm, DRIVER_ORDER, arms } from './sinkArms.ts';
import { ARM_JOINTS, controllerArgumentsFor, forwardChunk, given, jointState } from './widowx.ts';

const STEP_NS = 20_000_000n;
const HOLD_STARVED = 2;
/** What has not come by then was not sent: no clock ticks meanwhile. */
const QUIET_MS = 300;

/**
 * Controllers with every kind of sink, in processes of their own, that get the same joint states and
 * chunks, and the same clock: it ticks when all have done the period before.
 */
export class LockStep {
  readonly session: RosSession;
  readonly gripper: Peer;
  readonly #peer: Peer;
  #nowNs = 1_000_000_000_000n;
  #steps = 0;
  #chunks = 0;
  #counts: ReadonlyMap<string, number> = new Map();

  private constructor(session: RosSession, peer: Peer, gripper: Peer) {
    this.session = session;
    this.#peer = peer;
    this.gripper = gripper;
  }

  static async start(): Promise<LockStep> {
    const session = await RosSession.open({ withRobots: true });
    const peer = await session.startPeer();
    for (const arm of Object.values(arms)) {
      session.startNode('controller', argumentsOf(arm));
      await peer.watch(`${arm.namespace}/execution_state`, 'st4vla_ros/msg/ExecutionState');
      for (const [topic, type] of arm.topics) await peer.watch(`${arm.namespace}/${topic}`, type);
    }
    await peer.watchDiagnostics();
    for (const namespace of ['/xs', '/xs_trajectory']) {
      const options = JSON.stringify({ namespace, order: DRIVER_ORDER });
      await session.startPeer('xs_driver.py', options);
    }
    const action = '/xs_trajectory/gripper_controller/gripper_cmd';
    const gripper = await session.startPeer('gripper_server.py', action);
    const lockStep = new LockStep(session, peer, gripper);
    await lockStep.#untilReady();
    return lockStep;
  }

  /** Periods since `begin`. */
  get steps(): number {
    return this.#steps;
  }

  /** What comes from here on counts. */
  async begin(): Promise<void> {
    await this.run(3);
    this.#counts = await this.#quiet();
    this.#steps = 0;
  }

  async run(periods: number): Promise<void> {
    for (let i = 0; i < periods; i++) {
      await this.#step();
      await this.session.until('the period', () =>
        this.#areAll(({ header: { stamp } }) => {
          return stamp.sec * 1e9 + stamp.nanosec === Number(this.#nowNs);
        }),
      );
    }
  }

  /** Gives all a chunk of these actions, and waits until they have it. */
  async offer(actions: readonly (readonly number[])[]): Promise<void> {
    this.#chunks++;
    const epoch = Math.max(...Object.values(arms).map((arm) => this.#lastState(arm).epoch));
    const message = forwardChunk(epoch, {
      header: { stamp: stampOf(this.#nowNs) },
      horizon: actions.length,
      actions: actions.flat(),
    });
    await this.#peer.publish('/action_chunk', 'st4vla_ros/msg/ActionChunk', message);
    await this.session.until('all have the chunk', () =>
      Object.values(arms).every(({ namespace }) => {
        const found = this.#peer.diagnostic(`${namespace}/controller: action chunks`);
        return found !== undefined && Number(found.values.accepted) === this.#chunks;
      }),
    );
  }

  async trigger(service: 'stop' | 'resume'): Promise<void> {
    for (const { namespace } of Object.values(arms)) {
      const name = `${namespace}/controller/${service}`;
      const { success } = await this.#peer.call(name, 'std_srvs/srv/Trigger');
      assert.equal(success, true);
    }
  }

  /** What each arm was sent since `begin`, by topic. */
  async messages(): Promise<Map<Arm, Json[][]>> {
    await this.#quiet();
    const ofTopic = (topic: string): Json[] =>
      this.#peer
        .messages(topic)
        .slice(this.#counts.get(topic))
        .map(({ message }) => message);
    return new Map(
      Object.values(arms).map((arm) => {
        return [arm, arm.topics.map(([topic]) => ofTopic(`${arm.namespace}/${topic}`))];
      }),
    );
  }

  async #untilReady(): Promise<void> {
    const isReady = async () => {
      await this.#step();
      return this.#areAll(({ status }) => status === HOLD_STARVED);
    };
    await this.session.until('readiness', isReady, 120_000);
  }

  async #step(): Promise<void> {
    this.#nowNs += STEP_NS;
    const stamp = stampOf(this.#nowNs);
    const joints = { ...this.#measured(), header: { stamp } };
    await this.#peer.publish('/joint_states', 'sensor_msgs/msg/JointState', joints);
    await this.#peer.publish('/clock', 'rosgraph_msgs/msg/Clock', { clock: stamp });
    this.#steps++;
  }

  /** The arm is where it was commanded to be; all controllers see the same one. */
  #measured(): Json {
    const data: number[] | undefined = this.#peer.last(
      '/forward/forward_position_controller/commands',
    )?.data;
    const commanded = (name: string) => data?.[ARM_JOINTS.indexOf(name)];
    const position = jointState.name.map(
      (name: string, i: number) => commanded(name) ?? jointState.position[i],
    );
    return { ...jointState, position };
  }

  #lastState({ namespace }: Arm): Json {
    return this.#peer.last(`${namespace}/execution_state`);
  }

  #areAll(accept: (state: Json) => boolean): boolean {
    return Object.values(arms).every((arm) => {
      const state = this.#lastState(arm);
      return state !== undefined && accept(state);
    });
  }

  /** How many messages each topic has had, once no more come. */
  async #quiet(): Promise<Map<string, number>> {
    const topics = Object.values(arms).flatMap(({ namespace, topics: names }) =>
      names.map(([topic]) => `${namespace}/${topic}`),
    );
    const count = () => new Map(topics.map((name) => [name, this.#peer.messages(name).length]));
    let last = count();
    let sinceMs = performance.now();
    return this.session.until('silence', () => {
      const now = count();
      if (topics.some((name) => now.get(name) !== last.get(name))) sinceMs = performance.now();
      last = now;
      return performance.now() - sinceMs > QUIET_MS && now;
    });
  }
}

function argumentsOf({ namespace, parameters }: Arm): string[] {
  const [sink, ...others] = parameters;
  return [
    ...controllerArgumentsFor(sink!.replace('sink:=', '')),
    ...given(...others, 'use_sim_time:=true'),
    '-r',
    `__ns:=${namespace}`,
    '-r',
    'joint_states:=/joint_states',
    '-r',
    'action_chunk:=/action_chunk',
  ];
}

function stampOf(ns: bigint): Json {
  return { sec: Number(ns / 1_000_000_000n), nanosec: Number(ns % 1_000_000_000n) };
}
