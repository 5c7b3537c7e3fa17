import type { MessageType } from 'rclnodejs';
import type { SimWorld } from '../../sim/world/SimWorld.ts';
import { stampFromNs } from '../../adapters/messages/time.ts';

/**
 * The running episode: its clock in policy periods, which begins with an instruction, and
 * success, judged for good at its end.
 */
export class Episode {
  readonly #world: SimWorld;
  #seed = 0n;
  #tick = 0;
  #success = false;
  #finished = false;

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /**
   * Puts the world into the start state of a task and seed.
   * @throws Error for a task that does not exist
   */
  reset(task: string, seed: bigint): { readonly instruction: string } {
    const { instruction } = this.#world.reset(task, seed);
    this.#world.waitForStart();
    this.#seed = seed;
    this.#tick = 0;
    this.#finished = false;
    this.#success = this.#world.success();
    return { instruction };
  }

  /** Time begins, unless it has. */
  begin(): void {
    this.#world.start();
  }

  /** True when a policy period has passed, and the state with it. */
  update(): boolean {
    const { scene, tick } = this.#world;
    if (tick === this.#tick || this.#finished) return false;
    this.#tick = Math.min(tick, scene.maxTicks);
    this.#success = this.#world.success();
    this.#finished = this.#tick >= scene.maxTicks;
    return true;
  }

  message(stampNs: bigint): MessageType<'st4vla_ros/msg/EpisodeState'> {
    const { task, maxTicks } = this.#world.scene;
    const { instruction } = this.#world;
    return {
      header: { stamp: stampFromNs(stampNs), frame_id: '' },
      task,
      seed: this.#seed,
      instruction,
      tick: this.#tick,
      max_ticks: maxTicks,
      success: this.#success,
      finished: this.#finished,
    };
  }
}
