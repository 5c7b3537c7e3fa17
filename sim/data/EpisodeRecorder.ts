import { AreaResizer } from '../../core/image/AreaResizer.ts';
import { Random } from '../../core/math/random.ts';
import { proprioOf } from '../../core/policy/proprioception.ts';
import { Disturbance } from '../expert/Disturbance.ts';
import type { ExpertAction } from '../expert/Expert.ts';
import { decide } from '../expert/Expert.ts';
import { actionNumbers, ExpertArm } from '../expert/ExpertArm.ts';
import type { ArmReading } from '../expert/observeTask.ts';
import { observeTask, taskGeometry } from '../expert/observeTask.ts';
import { rollOut } from '../expert/predict.ts';
import type { TaskGeometry, TaskState } from '../expert/TaskState.ts';
import { trainingScene } from '../tasks/trainingScene.ts';
import type { SimWorld } from '../world/SimWorld.ts';
import type { EpisodeRow } from './columns.ts';
import { CHUNK_TICKS, IMAGE_HEIGHT, IMAGE_WIDTH } from './columns.ts';
import { spatialLabels } from './labels.ts';

/** Ticks recorded after the task is done: the policy learns to stay. */
const HOLD_TICKS = 5;
const MAX_TICKS = 70;
/** Longest way from any state to the end of a task. */
const HORIZON_TICKS = 45;

export type RecordedEpisode = { readonly rows: readonly EpisodeRow[]; readonly success: boolean };

/**
 * The expert at work in the simulation, disturbed, with clean chunks as labels: at every tick it is
 * rolled out from the state that the disturbances have led to.
 */
export class EpisodeRecorder {
  readonly #world: SimWorld;
  readonly #arm: ExpertArm;
  readonly #frame: Uint8Array;
  readonly #resizer: AreaResizer;

  constructor(world: SimWorld) {
    const { width, height } = world.camera;
    this.#world = world;
    this.#arm = new ExpertArm(world);
    this.#frame = new Uint8Array(width * height * 3);
    this.#resizer = new AreaResizer(
      { width, height },
      { width: IMAGE_WIDTH, height: IMAGE_HEIGHT },
    );
  }

  record(seed: number, episode: number): RecordedEpisode {
    const world = this.#world;
    world.resetScene(trainingScene(seed));
    this.#arm.reset();
    const geometry = taskGeometry(world, this.#arm.baseFromHome.orientation);
    const disturbance = new Disturbance(new Random(seed).fork('disturbance'));
    const rows: Omit<EpisodeRow, 'success'>[] = [];
    for (let tick = 0, done = 0; tick < MAX_TICKS && done < HOLD_TICKS; tick++) {
      const reading = this.#arm.reading();
      const state = observeTask(world, reading);
      const decision = decide(state, geometry);
      const executed = disturbance.disturb(decision, state);
      rows.push({ ...this.#row(state, reading, executed, geometry), episode, tick });
      this.#arm.execute(executed);
      done = decision.phase === 'done' ? done + 1 : 0;
    }
    const success = world.success();
    return { rows: rows.map((row) => ({ ...row, success: success ? 1 : 0 })), success };
  }

  #row(
    state: TaskState,
    reading: ArmReading,
    executed: ExpertAction,
    geometry: TaskGeometry,
  ): Omit<EpisodeRow, 'success' | 'episode' | 'tick'> {
    const { states, actions } = rollOut(state, geometry, HORIZON_TICKS);
    const image = new Uint8Array(IMAGE_WIDTH * IMAGE_HEIGHT * 3);
    this.#world.renderInto(this.#frame);
    this.#resizer.resize(this.#frame, image);
    return {
      image,
      instruction: this.#world.scene.instruction,
      ...spatialLabels(this.#world.camera, geometry, states),
      proprio: proprioOf(
        {
          baseFromEe: reading.measuredBaseFromEe,
          gripperOpening: reading.gripperOpening,
        },
        geometry.homeOrientation,
      ),
      actions: actions.slice(0, CHUNK_TICKS).flatMap(actionNumbers),
      executed: actionNumbers(executed),
    };
  }
}
