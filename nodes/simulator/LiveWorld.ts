import type { SimWorld } from '../../sim/world/SimWorld.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { cameraInfoToMessage } from '../../adapters/messages/cameraInfo.ts';
import { jointSampleToMessage } from '../../adapters/messages/jointState.ts';
import { rgbImageToMessage } from '../../adapters/messages/observation.ts';
import { stampFromNs } from '../../adapters/messages/time.ts';
import { latched, reliable, sensorData } from '../shared/node/qos.ts';
import type { ArmInput } from './ArmInput.ts';
import { Episode } from './Episode.ts';
import type { WorldClock } from './WorldClock.ts';

export type LiveWorldOptions = {
  readonly node: ManagedNode;
  readonly world: SimWorld;
  readonly input: ArmInput;
  readonly clock: WorldClock;
  readonly imageRateHz: number;
};

/** A simulated world on its topics: steps it, and publishes what a robot would. */
export class LiveWorld {
  readonly #options: LiveWorldOptions;
  readonly #episode: Episode;
  readonly #publishers: ReturnType<typeof advertise>;
  readonly #frameId: string;
  readonly #pixels: Uint8Array;
  readonly #imageNs: bigint;
  #nextImageNs = 0n;

  /** Makes its publishers: call it before the node spins. */
  constructor(options: LiveWorldOptions) {
    const { node, world, clock, imageRateHz } = options;
    const { width, height } = world.camera;
    this.#options = options;
    this.#episode = new Episode(world);
    this.#publishers = advertise(node, world.arm.cameraName, clock.isPublished);
    this.#frameId = `camera_${world.arm.cameraName}_optical_frame`;
    this.#pixels = new Uint8Array(width * height * 3);
    this.#imageNs = BigInt(Math.round(1e9 / imageRateHz));
  }

  /** Puts everything into the start state of a task and seed; returns its instruction. */
  reset(task: string, seed: bigint): string {
    const { instruction } = this.#episode.reset(task, seed);
    this.#options.input.reset();
    this.#publishEpisode();
    return instruction;
  }

  /** Begins the episode's time with the first instruction; later ones change nothing. */
  begin(): void {
    this.#episode.begin();
  }

  /** Makes this number of steps, and a picture if one is due. */
  advance(steps: number): void {
    for (let step = 0; step < steps; step++) this.#step();
    const { simulatedNs } = this.#options.clock;
    if (simulatedNs < this.#nextImageNs) return;
    const late = simulatedNs - this.#nextImageNs;
    this.#nextImageNs = late > this.#imageNs ? simulatedNs : this.#nextImageNs + this.#imageNs;
    this.#publishImage();
  }

  #step(): void {
    const { world, input, clock } = this.#options;
    const { clock: publisher, joints } = this.#publishers;
    clock.beginStep();
    world.stepFinely((i) => input.update(clock.updateNs(i)), clock.stepSec);
    clock.endStep();
    publisher?.publish({ clock: stampFromNs(clock.simulatedNs) });
    joints.publish(jointSampleToMessage({ ...world.jointSample(), stampNs: clock.stampNs }));
    if (this.#episode.update()) this.#publishEpisode();
  }

  #publishImage(): void {
    const { world } = this.#options;
    const { width, height, intrinsics } = world.camera;
    world.renderInto(this.#pixels);
    // The world has stood still meanwhile: it is as true now as it was before.
    const { stampNs } = this.#options.clock;
    const image = { width, height, data: this.#pixels };
    this.#publishers.image.publish(rgbImageToMessage(image, stampNs, this.#frameId));
    const info = cameraInfoToMessage(intrinsics, stampNs, this.#frameId);
    this.#publishers.cameraInfo.publish(info);
  }

  #publishEpisode(): void {
    this.#publishers.episode.publish(this.#episode.message(this.#options.clock.stampNs));
  }
}

function advertise(node: ManagedNode, camera: string, withClock: boolean) {
  return {
    image: node.advertiseRaw('sensor_msgs/msg/Image', `camera/${camera}/image_raw`, sensorData()),
    cameraInfo: node.advertise(
      'sensor_msgs/msg/CameraInfo',
      `camera/${camera}/camera_info`,
      sensorData(),
    ),
    joints: node.advertiseRaw('sensor_msgs/msg/JointState', 'joint_states', reliable()),
    episode: node.advertise('st4vla_ros/msg/EpisodeState', 'episode_state', latched()),
    clock: withClock
      ? node.advertiseRaw('rosgraph_msgs/msg/Clock', '/clock', reliable(1))
      : undefined,
  };
}
