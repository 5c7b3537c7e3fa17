import type { MessageType } from 'rclnodejs';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../../core/execution/ExecutionStatus.ts';
import { resizeArea } from '../../core/image/AreaResizer.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { ManagedNode } from '../../nodes/shared/node/ManagedNode.ts';
import { spatialPlanFromMessage } from '../../adapters/messages/spatialPlan.ts';
import { latched, newestFrame, reliable, sensorData } from '../../nodes/shared/node/qos.ts';
import { joinGraph, leaveGraph } from '../operator/joinGraph.ts';
import { Operator } from '../operator/Operator.ts';

export type EpisodeStateReport = Pick<
  MessageType<'st4vla_ros/msg/EpisodeState'>,
  'task' | 'instruction' | 'tick' | 'max_ticks' | 'success' | 'finished' | 'seed'
>;

/** What the demo hears. */
export type DemoListener = {
  onPlan(plan: SpatialPlan): void;
  onChunk(chunk: { readonly latencySec: number; readonly planAgeSec: number }): void;
  onExecution(ticksConsumed: number, row: number, status: ExecutionStatus): void;
  onEpisode(state: EpisodeStateReport): void;
};

/** Width of pictures that are kept; the camera's are twice as large. */
const PICTURE_WIDTH = 320;

/** The demo's part in the graph: gives the instructions and watches. */
export class DemoNode {
  readonly operator: Operator;
  readonly #node: ManagedNode;
  readonly #camera: NewestImage;

  private constructor(node: ManagedNode, operator: Operator, camera: NewestImage) {
    this.#node = node;
    this.operator = operator;
    this.#camera = camera;
  }

  /** @param cameraName of the topics of the arm's camera */
  static async start(listener: DemoListener, cameraName: string): Promise<DemoNode> {
    const { node, built } = await joinGraph('demo', (created) => {
      const camera = new NewestImage(created, cameraName);
      listen(created, listener);
      return { operator: new Operator(created), camera };
    });
    return new DemoNode(node, built.operator, built.camera);
  }

  /** ROS time, ns. */
  nowNs(): bigint {
    return this.#node.nowNs();
  }

  /** What of the other side is not there yet. */
  missing(): string[] {
    const nodes = this.operator.missingNodes();
    if (nodes.length > 0) return nodes;
    return this.image === undefined ? ['first image'] : [];
  }

  /** The newest camera picture at its full size; it is not written to any more. */
  get image(): RgbImage | undefined {
    return this.#camera.image;
  }

  /** The same, small. */
  thumbnail(): RgbImage | undefined {
    const { image } = this;
    if (image === undefined) return undefined;
    const height = Math.round((PICTURE_WIDTH * image.height) / image.width);
    return resizeArea(image, PICTURE_WIDTH, height);
  }

  stop(): void {
    leaveGraph(this.#node);
  }
}

class NewestImage {
  image: RgbImage | undefined;

  constructor(node: ManagedNode, cameraName: string) {
    node.listenRaw(
      'sensor_msgs/msg/Image',
      `camera/${cameraName}/image_raw`,
      newestFrame(),
      ({ width, height, data }) => {
        this.image = { width, height, data: data as Uint8Array };
      },
      { whileInactive: true },
    );
  }
}

function listen(node: ManagedNode, listener: DemoListener): void {
  const always = { whileInactive: true };
  node.listen(
    'st4vla_ros/msg/SpatialPlan',
    'plan',
    reliable(),
    (message) => listener.onPlan(spatialPlanFromMessage(message)),
    always,
  );
  node.listenRaw(
    'st4vla_ros/msg/ActionChunk',
    'action_chunk',
    reliable(),
    ({ horizon, latency, plan_age }) => {
      // without rows: of an older policy, which makes an epoch known so
      if (horizon > 0) listener.onChunk({ latencySec: latency, planAgeSec: plan_age });
    },
    always,
  );
  node.listenRaw(
    'st4vla_ros/msg/ExecutionState',
    'execution_state',
    sensorData(),
    ({ ticks_consumed, row, status }) =>
      listener.onExecution(Number(ticks_consumed), row, EXECUTION_STATUSES[status] ?? 'FAULT'),
    always,
  );
  node.listen(
    'st4vla_ros/msg/EpisodeState',
    'episode_state',
    latched(),
    (state) => listener.onEpisode(state),
    always,
  );
}
