import rclnodejs, { type MessageType } from 'rclnodejs';
import { resizeArea } from '../../core/image/AreaResizer.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../../core/execution/ExecutionStatus.ts';
import { ManagedNode, type Publisher } from '../../nodes/shared/ManagedNode.ts';
import { spatialPlanFromMessage } from '../../nodes/shared/messages/spatialPlan.ts';
import { latched, newestFrame, reliable, sensorData } from '../../nodes/shared/qos.ts';

type ServiceName = 'reset_episode' | 'controller/stop' | 'controller/resume' | 'controller/reset';

export type EpisodeStateReport = Pick<
  MessageType<'st4vla_ros/msg/EpisodeState'>,
  'task' | 'tick' | 'max_ticks' | 'success' | 'finished' | 'seed'
>;

/** What the demo hears; called between rclnodejs's own work, so that throwing is safe. */
export type DemoListener = {
  onPlan(plan: SpatialPlan): void;
  onChunk(chunk: { readonly latencySec: number; readonly planAgeSec: number }): void;
  onExecution(ticksConsumed: number, row: number, status: ExecutionStatus): void;
  onEpisode(state: EpisodeStateReport): void;
};

const NODES = ['perception', 'policy', 'controller', 'simulator'];
const SERVICE_WAIT_MS = 5_000;
const ANSWER_LIMIT_MS = 10_000;
/** Pictures that are kept; the camera's are twice as large. */
const PICTURE = { width: 320, height: 240 };

/** The demo's part in the graph: gives the instructions and watches. */
export class DemoNode {
  readonly #node: ManagedNode;
  readonly #instruction: Publisher<'std_msgs/msg/String'>;
  readonly #clients: ReadonlyMap<ServiceName, ReturnType<ManagedNode['createClient']>>;
  #image: RgbImage | undefined;

  private constructor(listener: DemoListener) {
    const node = new ManagedNode('demo');
    const always = { whileInactive: true };
    this.#node = node;
    this.#instruction = node.advertise('std_msgs/msg/String', 'instruction', latched());
    this.#clients = new Map([
      ['reset_episode', node.createClient('st4vla_ros/srv/ResetEpisode', 'reset_episode')],
      ...(['controller/stop', 'controller/resume', 'controller/reset'] as const).map(
        (name) => [name, node.createClient('std_srvs/srv/Trigger', name)] as const,
      ),
    ] as [ServiceName, ReturnType<ManagedNode['createClient']>][]);
    node.listenRaw(
      'sensor_msgs/msg/Image',
      'camera/front/image_raw',
      newestFrame(),
      ({ width, height, data }) => {
        this.#image = { width, height, data: data as Uint8Array };
      },
      always,
    );
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
        // one without rows only announces an epoch
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

  static async start(listener: DemoListener): Promise<DemoNode> {
    await rclnodejs.init();
    rclnodejs.removeSignalHandlers();
    const demo = new DemoNode(listener);
    demo.#node.spin(10);
    return demo;
  }

  /** ROS time, ns. */
  nowNs(): bigint {
    return this.#node.nowNs();
  }

  /** Nodes of the package that are not there yet. */
  missingNodes(): string[] {
    const present = this.#node.getNodeNames();
    const missing = NODES.filter((name) => !present.includes(name));
    return missing.length === 0 && this.#image === undefined ? ['first image'] : missing;
  }

  /** The newest camera picture at its full size; it is not written to any more. */
  get image(): RgbImage | undefined {
    return this.#image;
  }

  /** The same, small. */
  thumbnail(): RgbImage | undefined {
    return this.#image && resizeArea(this.#image, PICTURE.width, PICTURE.height);
  }

  sendInstruction(text: string): void {
    this.#instruction.publish({ data: text });
  }

  /** Puts the world into a task's start state, and the controller where the arm then is. */
  async beginEpisode(task: string, seed: bigint): Promise<string> {
    await this.#call('controller/stop', {});
    const { instruction } = await this.#call('reset_episode', { task, seed });
    await this.#call('controller/reset', {});
    await this.#call('controller/resume', {});
    return instruction ?? '';
  }

  stop(): void {
    if (this.#node.spinning) this.#node.stop();
    if (!rclnodejs.isShutdown()) rclnodejs.shutdown();
  }

  async #call(
    name: ServiceName,
    request: object,
  ): Promise<{ readonly instruction?: string | undefined }> {
    const client = this.#clients.get(name)!;
    if (!(await client.waitForService(SERVICE_WAIT_MS))) {
      throw new Error(`nobody offers the service ${name}`);
    }
    const response = await new Promise<Answer>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`no answer from ${name} within ${ANSWER_LIMIT_MS / 1000} s`)),
        ANSWER_LIMIT_MS,
      );
      client.sendRequest(request as never, (answer: unknown) => {
        clearTimeout(limit);
        resolve(answer as Answer);
      });
    });
    if (!response.success) throw new Error(`${name}: ${response.message}`);
    return response;
  }
}

type Answer = {
  readonly success: boolean;
  readonly message: string;
  readonly instruction?: string | undefined;
};
