import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parse } from '@foxglove/rosmsg';
import { MessageWriter } from '@foxglove/rosmsg2-serialization';
import { BagWriter } from '../../adapters/bags/BagWriter.ts';
import { encodeJpeg } from '../../adapters/image/encodeImage.ts';
import { knownDefinition } from '../../adapters/messages/knownDefinition.ts';
import { openPolicy } from '../../lab/evaluation/EvalPolicy.ts';
import { SimulatedArm } from '../../lab/evaluation/SimulatedArm.ts';
import { Stopwatch } from '../../lab/evaluation/Stopwatch.ts';
import { createVirtualLoop } from '../../lab/evaluation/createVirtualLoop.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { command } from '../../cli/replay/replayArguments.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import type { JointSample, View } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import { actionChunkToMessage } from '../../adapters/messages/actionChunk.ts';
import { executionStateToMessage } from '../../adapters/messages/executionState.ts';
import { jointSampleToMessage } from '../../adapters/messages/jointState.ts';
import { rgbImageToMessage } from '../../adapters/messages/observation.ts';
import { spatialPlanToMessage } from '../../adapters/messages/spatialPlan.ts';
import { stampFromNs } from '../../adapters/messages/time.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

export type SimulatedRecording = {
  /** widowx unless told otherwise. */
  readonly robot?: string;
  readonly folder: string;
  readonly task: string;
  readonly ticks: number;
  readonly images: 'raw' | 'jpeg';
  /** Also what the pipeline did: plans, chunks, execution states, commands. */
  readonly pipeline?: boolean;
};

/** A bag's log times are of our days; the simulator's begin at 0. */
const EPOCH_NS = 1_700_000_000_000_000_000n;

/**
 * Runs the default model on a task in virtual time and records what it sees, one picture a tick.
 * Returns the joint positions that the arm was told, one list a period.
 */
export async function recordSimulated(recording: SimulatedRecording): Promise<number[][]> {
  const { robot = 'widowx' } = recording;
  const embodiment = embodimentByName(robot);
  const parsed = command.parse(['none', '--robot', robot]);
  if (parsed.kind !== 'run' || parsed.arguments.kind !== 'replay')
    throw new Error('expected arguments');
  const { settings } = parsed.arguments;
  const world = await SimWorld.create({ embodiment, urdfText: await readUrdf(embodiment) });
  const policy = await openPolicy(settings, embodiment, world);
  const { instruction } = world.reset(recording.task, 1_000_000n);
  const writer = await SampleWriter.create(recording, embodiment, policy.viewName);
  await writer.instruction(instruction, 0n);
  const commands: number[][] = [];
  const arm = new RecordedArm(world, policy, writer);
  const observer = {
    onStep: (output: ControllerOutput, nowNs: bigint) => {
      commands.push([...(output.command?.positions ?? [])]);
      if (recording.pipeline) writer.step(output, nowNs);
    },
    onPlan: (plan: SpatialPlan) => void (recording.pipeline && writer.plan(plan, world.timeNs)),
    onChunk: (chunk: ActionChunk) => void (recording.pipeline && writer.chunk(chunk, world.timeNs)),
  };
  const loop = createVirtualLoop({ world, arm, policy, settings, observer });
  loop.begin(instruction);
  for (let tick = 0; tick < recording.ticks; tick++) await loop.runTick();
  await writer.close();
  await policy.close();
  world.dispose();
  return commands;
}

/** Writes down what it shows. */
class RecordedArm extends SimulatedArm {
  readonly #writer: SampleWriter;

  constructor(
    world: SimWorld,
    policy: { readonly viewName: string; readonly image: { width: number; height: number } },
    writer: SampleWriter,
  ) {
    super(world, policy.viewName, policy.image, new Stopwatch());
    this.#writer = writer;
  }

  override jointSamples(): readonly JointSample[] {
    const samples = super.jointSamples();
    for (const sample of samples) this.#writer.joints(sample);
    return samples;
  }

  override look(): readonly View[] {
    const views = super.look();
    for (const view of views) this.#writer.view(view);
    return views;
  }
}

/** Topics and types; `VIEW` stands for the camera's name. */
const TYPES = {
  raw: ['/camera/VIEW/image_raw', 'sensor_msgs/msg/Image'],
  jpeg: ['/camera/VIEW/image_raw/compressed', 'sensor_msgs/msg/CompressedImage'],
  joints: ['/joint_states', 'sensor_msgs/msg/JointState'],
  instruction: ['/instruction', 'std_msgs/msg/String'],
  plan: ['/plan', 'st4vla_ros/msg/SpatialPlan'],
  chunk: ['/action_chunk', 'st4vla_ros/msg/ActionChunk'],
  state: ['/execution_state', 'st4vla_ros/msg/ExecutionState'],
  arm: ['/arm_controller/joint_trajectory', 'trajectory_msgs/msg/JointTrajectory'],
  gripper: ['/gripper_controller/joint_trajectory', 'trajectory_msgs/msg/JointTrajectory'],
} as const;

class SampleWriter {
  readonly #bag: BagWriter;
  readonly #images: 'raw' | 'jpeg';
  readonly #embodiment: Embodiment;
  readonly #viewName: string;
  readonly #encoders = new Map<string, MessageWriter>();
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(
    bag: BagWriter,
    images: 'raw' | 'jpeg',
    embodiment: Embodiment,
    viewName: string,
  ) {
    this.#bag = bag;
    this.#images = images;
    this.#embodiment = embodiment;
    this.#viewName = viewName;
  }

  static async create(
    recording: SimulatedRecording,
    embodiment: Embodiment,
    viewName: string,
  ): Promise<SampleWriter> {
    const { folder, images, pipeline = false } = recording;
    const { plan, chunk, state, arm, gripper } = TYPES;
    const more = pipeline ? [plan, chunk, state, arm, gripper] : [];
    const topics = [TYPES[images], TYPES.joints, TYPES.instruction, ...more].map(
      ([name, type]) => ({
        name: topicOf(name, viewName),
        type,
        definition: knownDefinition(type)!,
        qosProfiles: '',
        isLatched: name === '/instruction',
      }),
    );
    await rm(folder, { recursive: true, force: true });
    return new SampleWriter(await BagWriter.create(folder, topics), images, embodiment, viewName);
  }

  instruction(data: string, timeNs: bigint): Promise<void> {
    return this.#write('instruction', timeNs, { data });
  }

  joints(sample: JointSample): void {
    const stamped = { ...sample, stampNs: sample.stampNs + EPOCH_NS };
    void this.#write('joints', sample.stampNs, jointSampleToMessage(stamped));
  }

  view({ image, stampNs }: View): void {
    if (this.#images === 'raw') {
      const message = rgbImageToMessage(image, stampNs + EPOCH_NS, 'camera');
      void this.#write('raw', stampNs, message);
      return;
    }
    const header = { stamp: stampFromNs(stampNs + EPOCH_NS), frame_id: 'camera' };
    const encoded = encodeJpeg(image, 90);
    this.#tail = this.#tail.then(async () => {
      await this.#write('jpeg', stampNs, { header, format: 'jpeg', data: await encoded });
    });
  }

  plan(plan: SpatialPlan, nowNs: bigint): void {
    const stamped = { ...plan, stampNs: plan.stampNs + EPOCH_NS };
    void this.#write('plan', nowNs, spatialPlanToMessage(stamped, 'camera'));
  }

  chunk(chunk: ActionChunk, nowNs: bigint): void {
    const stamped = { ...chunk, stampNs: chunk.stampNs + EPOCH_NS };
    void this.#write('chunk', nowNs, actionChunkToMessage(stamped, 'base_link'));
  }

  step(output: ControllerOutput, nowNs: bigint): void {
    void this.#write('state', nowNs, executionStateToMessage(output, nowNs + EPOCH_NS, 'base'));
    const { command } = output;
    if (!command) return;
    const { names, positions, gripperJointPosition } = command;
    this.#command('arm', nowNs, names, positions);
    const { joint } = this.#embodiment.gripper;
    this.#command('gripper', nowNs, [joint], Float64Array.of(gripperJointPosition));
  }

  #command(
    kind: 'arm' | 'gripper',
    nowNs: bigint,
    joint_names: readonly string[],
    positions: Float64Array,
  ): void {
    const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };
    const none = { velocities: [], accelerations: [], effort: [] };
    const point = { positions, ...none, time_from_start: { sec: 0, nanosec: 20_000_000 } };
    void this.#write(kind, nowNs, { header, joint_names, points: [point] });
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#bag.close();
    if (this.#bag.error) throw this.#bag.error;
  }

  #write(kind: keyof typeof TYPES, timeNs: bigint, message: unknown): Promise<void> {
    const [name, type] = TYPES[kind];
    const topic = topicOf(name, this.#viewName);
    let encoder = this.#encoders.get(type);
    if (!encoder) {
      encoder = new MessageWriter(parse(knownDefinition(type)!, { ros2: true }));
      this.#encoders.set(type, encoder);
    }
    const bytes = encoder.writeMessage(message);
    const logNs = timeNs + EPOCH_NS;
    return this.#bag.write({ topic, logNs, publishNs: logNs, bytes });
  }
}

function topicOf(name: string, viewName: string): string {
  return name.replace('VIEW', viewName);
}

// node dist/test/cli/recordSimulated.js FOLDER [TASK [TICKS [pipeline|- [ROBOT]]]]
const [, script = '', folder, task = 'widowx_spoon_on_towel', ticks = '20', pipeline, robot] =
  process.argv;
if (import.meta.url === pathToFileURL(script).href && folder !== undefined) {
  await recordSimulated({
    folder,
    task,
    ticks: Number(ticks),
    images: 'jpeg',
    pipeline: pipeline === 'pipeline',
    ...(robot === undefined ? {} : { robot }),
  });
}
