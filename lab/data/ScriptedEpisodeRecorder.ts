import type { InstructionCount } from '../../sim/tasks/DatasetKind.ts';
import { AreaResizer } from '../../core/image/AreaResizer.ts';
import { Random } from '../../core/math/random.ts';
import { Disturbance } from '../../sim/expert/Disturbance.ts';
import { decide } from '../../sim/expert/scriptedExpert.ts';
import { ExpertArm } from '../../sim/expert/ExpertArm.ts';
import { observeTask, taskGeometry } from '../../sim/expert/observeTask.ts';
import { isWithDrawer } from '../../sim/expert/TaskState.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';
import type { EpisodeRow } from './columns.ts';
import { IMAGE_HEIGHT, IMAGE_WIDTH } from './columns.ts';
import { episodeRow } from './episodeRow.ts';
import { holdTicks, RecordingEnd } from './holdTicks.ts';

export type RecordedEpisode = { readonly rows: readonly EpisodeRow[]; readonly success: boolean };

/**
 * The expert at work in the simulation, disturbed, with clean chunks as labels: at every tick it is
 * rolled out from the state that the disturbances have led to.
 */
export class ScriptedEpisodeRecorder {
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

  record(seed: number, episode: number, instructions: InstructionCount = 1): RecordedEpisode {
    const world = this.#world;
    const scene = world.arm.trainingScene(seed, 'episodes', instructions);
    world.resetScene(scene);
    this.#arm.reset();
    const disturbance = new Disturbance(new Random(seed).fork('disturbance'));
    const maxTicks = world.arm.recordedTicks(scene);
    const rows: Omit<EpisodeRow, 'success'>[] = [];
    const end = new RecordingEnd(maxTicks, holdTicks(scene, seed), scene.followUp?.fromTick);
    for (let tick = 0; !end.isBefore(tick); tick++) {
      const reading = this.#arm.reading();
      const geometry = taskGeometry(world, this.#arm.baseFromHome.orientation);
      const state = observeTask(world, reading);
      const decision = decide(state, geometry);
      const atDrawer = isWithDrawer(geometry);
      const around = { tableZM: atDrawer ? 0 : geometry.grasp.tableZM, atDrawer };
      const executed = disturbance.disturb(decision, state, around);
      const seen = { state, reading, geometry };
      const row = episodeRow(world, this.#look(), seen, executed);
      if (row === undefined) break;
      rows.push({ ...row, episode, tick });
      this.#arm.execute(executed);
      end.see(tick, decision.phase === 'done');
    }
    const success = world.success();
    return { rows: rows.map((row) => ({ ...row, success: success ? 1 : 0 })), success };
  }

  #look(): Uint8Array {
    const image = new Uint8Array(IMAGE_WIDTH * IMAGE_HEIGHT * 3);
    this.#world.renderInto(this.#frame);
    this.#resizer.resize(this.#frame, image);
    return image;
  }
}
