import type { MessageType } from 'rclnodejs';
import type { BagMessage, BagReader, BagTopic } from '../../adapters/bags/Bag.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { readClocks } from '../../adapters/bags/readClocks.ts';
import { type Embodiment, gripperOpeningOf } from '../../core/embodiment/Embodiment.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { clockOffset } from '../../core/replay/clockOffset.ts';
import type { Motion, RecordedMotion } from '../../core/replay/RecordedActions.ts';
import { Track } from '../../core/replay/Track.ts';
import type { Pose } from '../../core/math/types.ts';
import { poseFromMessage } from '../../adapters/messages/geometry.ts';
import { jointSampleFromMessage } from '../../adapters/messages/jointState.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';
import { commandListeners } from './commandListeners.ts';

/** Positions of the arm's joints, and of the joint of its gripper. */
export type JointPositions = { readonly arm: Float64Array; readonly gripper: number | undefined };

/** How a bag's arm moved, with the joint positions that it was told. */
export type BagMotion = RecordedMotion & { readonly commandedJoints: Track<JointPositions> };

export type MotionOptions = {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly namespace: string;
  /** Topic in the bag by the name that the pipeline uses. */
  readonly remaps: ReadonlyMap<string, string>;
};

type Listener = { readonly topic: string; readonly take: (message: BagMessage) => void };

/** Reads once what a bag tells of the arm's motion, in the clock of its stamps. */
export async function readMotion(bag: BagReader, options: MotionOptions): Promise<BagMotion> {
  const reader = new MotionReader(bag, options, await offsetOf(bag, options));
  const listeners = reader.listeners();
  const byTopic = new Map(listeners.map(({ topic, take }) => [topic, take]));
  for await (const message of bag.messages({ topics: [...byTopic.keys()] })) {
    try {
      byTopic.get(message.topic)!(message);
    } catch {
      // The replay counts the messages that do not decode.
    }
  }
  return reader.motion();
}

function topicOf(
  bag: BagReader,
  name: string,
  { namespace, remaps }: MotionOptions,
): BagTopic | undefined {
  const inNamespace = `/${[namespace, name].filter(Boolean).join('/')}`;
  return bag.topics.find((one) => one.name === (remaps.get(name) ?? inNamespace));
}

async function offsetOf(bag: BagReader, options: MotionOptions): Promise<bigint> {
  const topic = topicOf(bag, 'joint_states', options);
  const decoding = topic && messageDecoder<MessageType<'sensor_msgs/msg/JointState'>>(topic);
  if (!decoding?.ok) return 0n;
  const stampOf = (bytes: Uint8Array) => nsFromStamp(decoding.decode(bytes).header.stamp);
  return clockOffset(await readClocks(bag, topic!.name, stampOf));
}

class MotionReader {
  readonly #bag: BagReader;
  readonly #options: MotionOptions;
  readonly #chain: Chain;
  readonly #actions = new Track<Float32Array>();
  readonly #targets = new Track<Motion>();
  readonly #joints = new Track<Motion>();
  readonly #arm = new Track<Float64Array>();
  readonly #gripper = new Track<number>();
  readonly #poses = new Track<Pose>();
  #begunNs: bigint | undefined;
  #actionPeriodSec: number | undefined;
  readonly #offsetNs: bigint;

  constructor(bag: BagReader, options: MotionOptions, offsetNs: bigint) {
    const { embodiment, urdf } = options;
    this.#offsetNs = offsetNs;
    this.#bag = bag;
    this.#options = options;
    this.#chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
  }

  listeners(): Listener[] {
    const commands = commandListeners(this.#options.embodiment, {
      arm: (positions, { logNs }) => this.#arm.add(this.#stamped(logNs), positions),
      gripper: (position, { logNs }) => this.#gripper.add(this.#stamped(logNs), position),
      pose: (baseFromEe, { logNs }) => this.#poses.add(this.#stamped(logNs), baseFromEe),
    });
    return [
      this.#listen('joint_states', this.#takeJoints),
      this.#listen('execution_state', this.#takeState),
      this.#listen('action_chunk', this.#takeChunk),
      ...commands.map(([topic, take]) => this.#listen(topic, take)),
    ].filter((listener) => listener !== undefined);
  }

  motion(): BagMotion {
    const commands = new Track<Motion>();
    const commandedJoints = new Track<JointPositions>();
    for (const [timeNs, arm] of this.#arm.entries()) {
      const gripper = this.#gripper.at(timeNs);
      commandedJoints.add(timeNs, { arm, gripper });
      // The gripper's command comes after the arm's; before the first there is none.
      if (gripper !== undefined) commands.add(timeNs, this.#motionOf(arm, gripper));
    }
    for (const [timeNs, baseFromEe] of this.#poses.entries()) {
      const gripper = this.#gripper.at(timeNs);
      if (gripper !== undefined) commands.add(timeNs, this.#openedBy(baseFromEe, gripper));
    }
    return {
      actions: this.#actions,
      targets: this.#targets,
      commands,
      joints: this.#joints,
      begunNs: this.#begunNs,
      actionPeriodSec: this.#actionPeriodSec,
      commandedJoints,
    };
  }

  #listen<T>(name: string, take: (content: T, message: BagMessage) => void): Listener | undefined {
    const topic = topicOf(this.#bag, name, this.#options);
    if (!topic) return undefined;
    const decoding = messageDecoder<T>(topic);
    if (!decoding.ok) return undefined;
    return { topic: topic.name, take: (message) => take(decoding.decode(message.bytes), message) };
  }

  #takeJoints = (content: MessageType<'sensor_msgs/msg/JointState'>) => {
    const { armJoints, gripper } = this.#options.embodiment;
    const { stampNs, names, positions } = jointSampleFromMessage(content);
    const [finger, ...arm] = [gripper.joint, ...armJoints].map((name) => names.indexOf(name));
    if (finger === -1 || arm.includes(-1)) return;
    const q = Float64Array.from(arm, (i) => positions[i]!);
    this.#joints.add(stampNs, this.#motionOf(q, positions[finger!]!));
  };

  #takeState = (content: MessageType<'st4vla_ros/msg/ExecutionState'>) => {
    const stampNs = nsFromStamp(content.header.stamp);
    const baseFromEe = poseFromMessage(content.target_base_from_ee);
    // The identity stands for a target that is not known yet.
    if (baseFromEe.position.every((x) => x === 0)) return;
    if (content.row >= 0) this.#begunNs ??= stampNs;
    this.#targets.add(stampNs, { baseFromEe, gripperOpening: content.target_gripper_opening });
  };

  /** A chunk of one row is an action that was done; longer ones are what a model proposed. */
  #takeChunk = (content: MessageType<'st4vla_ros/msg/ActionChunk'>) => {
    if (content.horizon !== 1) return;
    this.#actionPeriodSec ??= content.control_period;
    this.#actions.add(nsFromStamp(content.header.stamp), Float32Array.from(content.actions));
  };

  /** Commands are stamped 0, which means now: they are dated by the bag's clock. */
  #stamped(logNs: bigint): bigint {
    return logNs - this.#offsetNs;
  }

  #motionOf(arm: Float64Array, finger: number): Motion {
    return this.#openedBy(this.#chain.forward(arm), finger);
  }

  #openedBy(baseFromEe: Pose, finger: number): Motion {
    const { gripper } = this.#options.embodiment;
    return { baseFromEe, gripperOpening: gripperOpeningOf(gripper, finger) };
  }
}
