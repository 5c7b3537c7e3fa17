import type { MessageTypeClassName } from 'rclnodejs';
import { actionChunkToMessage } from '../../adapters/messages/actionChunk.ts';
import { epochToMessage } from '../../adapters/messages/epoch.ts';
import { type AskedExecution, executionSpecToText } from '../../adapters/messages/executionSpec.ts';
import { spatialPlanToMessage } from '../../adapters/messages/spatialPlan.ts';
import { stampFromNs } from '../../adapters/messages/time.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { ManagedNode, Publisher } from '../shared/node/ManagedNode.ts';
import { latched, reliable } from '../shared/node/qos.ts';

type Topic<T extends MessageTypeClassName> = Publisher<T>;

/** The topics that the policy publishes. */
export class PolicyOutput {
  /** Frame of the observation that came last; plans and chunks carry it. */
  frame = '';
  readonly #node: Pick<ManagedNode, 'nowNs'>;
  readonly #plans: Topic<'st4vla_ros/msg/SpatialPlan'>;
  readonly #chunks: Topic<'st4vla_ros/msg/ActionChunk'>;
  readonly #epochs: Topic<'st4vla_ros/msg/Epoch'>;
  readonly #settled: Topic<'std_msgs/msg/Header'> | undefined;

  /** @param asked how the model asks for its chunks to be executed, published at once */
  constructor(node: ManagedNode, asked: AskedExecution) {
    this.#node = node;
    this.#plans = node.advertise('st4vla_ros/msg/SpatialPlan', 'plan', reliable());
    this.#chunks = node.advertiseRaw('st4vla_ros/msg/ActionChunk', 'action_chunk', reliable());
    // Only the newest epoch counts, and a controller whose connection comes late has to know it, too:
    // what it has queued may be outdated.
    this.#epochs = node.advertiseRaw('st4vla_ros/msg/Epoch', 'epoch', latched());
    // A player in step holds simulated time until the policy has settled; the world's time cannot be held.
    if (node.usesSimulatedTime)
      this.#settled = node.advertiseRaw('std_msgs/msg/Header', 'settled', reliable());
    const executions = node.advertise('std_msgs/msg/String', 'execution_spec', latched());
    executions.publish({ data: executionSpecToText(asked) });
  }

  plan(plan: SpatialPlan): void {
    this.#plans.publish(spatialPlanToMessage(plan, this.frame));
  }

  chunk(chunk: ActionChunk): void {
    this.#chunks.publish(actionChunkToMessage(chunk, this.frame));
  }

  /** Makes a new epoch known at once, so that the arm does not continue with the old instruction. */
  epoch(epoch: number): void {
    this.#epochs.publish(epochToMessage(epoch, this.#node.nowNs()));
  }

  /** All is done that the newest message of a topic, of this stamp, and those before it asked for. */
  settled(topic: 'observation' | 'execution_state', stampNs: bigint): void {
    this.#settled?.publish({ frame_id: topic, stamp: stampFromNs(stampNs) });
  }
}
