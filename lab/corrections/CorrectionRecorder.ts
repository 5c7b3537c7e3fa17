import type { InstructionCount } from '../../sim/tasks/DatasetKind.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import { gripperOpeningOf } from '../../core/embodiment/Embodiment.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import type { EpisodeRow } from '../data/columns.ts';
import { episodeRow } from '../data/episodeRow.ts';
import { holdTicks, RecordingEnd } from '../data/holdTicks.ts';
import { decide } from '../../sim/expert/scriptedExpert.ts';
import type { ArmReading } from '../../sim/expert/observeTask.ts';
import { observeTask, taskGeometry } from '../../sim/expert/observeTask.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';
import type { EvalPolicy } from '../evaluation/EvalPolicy.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { SimulatedArm } from '../evaluation/SimulatedArm.ts';
import { Stopwatch } from '../evaluation/Stopwatch.ts';
import { createVirtualLoop } from '../evaluation/createVirtualLoop.ts';

/**
 * The policy at work in training scenes, with the expert's word at every tick on what to do from
 * there (dataset aggregation: Ross, Gordon, Bagnell 2011). It shows the way back out of the
 * policy's own mistakes, which the expert alone never makes.
 */
export class CorrectionRecorder {
  readonly #world: SimWorld;
  readonly #policy: EvalPolicy;
  readonly #settings: LoopSettings;
  readonly #chain: Chain;
  readonly #arm: SimulatedArm;

  constructor(world: SimWorld, policy: EvalPolicy, settings: LoopSettings) {
    const { embodiment, urdf } = world;
    this.#world = world;
    this.#policy = policy;
    this.#settings = settings;
    this.#chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    this.#arm = new SimulatedArm(world, policy.viewName, policy.image, new Stopwatch());
  }

  async record(
    seed: number,
    episode: number,
    instructions: InstructionCount = 1,
  ): Promise<{ readonly rows: readonly EpisodeRow[]; readonly success: boolean }> {
    const world = this.#world;
    const scene = world.arm.trainingScene(seed, 'episodes', instructions);
    world.resetScene(scene);
    this.#arm.forgetPicture();
    const home = this.#chain.forward(world.embodiment.homeJoints);
    let output: ControllerOutput | undefined;
    const chunks = new Map<bigint, ActionChunk>();
    const loop = createVirtualLoop({
      world,
      arm: this.#arm,
      policy: this.#policy,
      settings: this.#settings,
      observer: {
        onChunk: (chunk) => chunks.set(chunk.id, chunk),
        onStep: (newest) => (output = newest),
      },
    });
    loop.begin(scene.instruction);
    const rows: Omit<EpisodeRow, 'success'>[] = [];
    let said = scene.instruction;
    const maxTicks = world.arm.recordedTicks(scene);
    const end = new RecordingEnd(maxTicks, holdTicks(scene, seed), scene.followUp?.fromTick);
    for (let tick = 0; !end.isBefore(tick); tick++) {
      if (world.instruction !== said) {
        said = world.instruction;
        loop.begin(said);
      }
      const geometry = taskGeometry(world, home.orientation);
      const reading = this.#reading(output);
      const state = observeTask(world, reading);
      const [view] = this.#arm.look();
      const row = episodeRow(world, view!.image.data, { state, reading, geometry }, undefined);
      if (row === undefined) break;
      end.see(tick, decide(state, geometry).phase === 'done');
      await loop.runTick();
      rows.push({ ...row, executed: executedNumbers(output, chunks), episode, tick });
    }
    const success = world.success();
    return { rows: rows.map((row) => ({ ...row, success: success ? 1 : 0 })), success };
  }

  #reading(output: ControllerOutput | undefined): ArmReading {
    const { armJoints, gripper } = this.#world.embodiment;
    const { positions, names } = this.#world.jointSample();
    const measuredBaseFromEe = this.#chain.forward(positions.subarray(0, armJoints.length));
    return {
      commandedBaseFromEe: output?.targetBaseFromEe ?? measuredBaseFromEe,
      measuredBaseFromEe,
      gripperOpening: gripperOpeningOf(gripper, positions[names.indexOf(gripper.joint)]!),
    };
  }
}

/** The action of the tick that has just passed; where there was none the arm stood still. */
function executedNumbers(
  output: ControllerOutput | undefined,
  chunks: ReadonlyMap<bigint, ActionChunk>,
): readonly number[] {
  const chunk = output && chunks.get(output.chunkId);
  if (chunk === undefined) return [0, 0, 0, 0, 0, 0, output?.targetGripperOpening ?? 1];
  return [...chunk.actions.subarray(output!.row * chunk.dim, (output!.row + 1) * chunk.dim)];
}
