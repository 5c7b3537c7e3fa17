import { ACTION_DIM } from '../../core/action/ActionChunk.ts';
import { CONTROL_PERIOD_NS, CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import { Controller } from '../../core/control/Controller.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { newestChunkSpec, newQueue } from '../../core/execution/ExecutionSpec.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';

/** A controller in virtual time whose arm is exactly where it is commanded to be. */
export class DrivenArm {
  readonly controller: Controller;
  readonly outputs: ControllerOutput[] = [];
  /** Of each call of the controller's `step`, µs. */
  readonly stepTimesUs: number[] = [];
  readonly #embodiment: Embodiment;
  #nowNs = 1_000_000_000n;
  #positions: number[];
  #chunks = 0n;

  constructor(embodiment: Embodiment, urdf: UrdfModel) {
    this.#embodiment = embodiment;
    const queue = newQueue(newestChunkSpec());
    this.controller = new Controller({
      embodiment,
      urdf,
      queue,
      arm: 'simulated',
      periodSec: CONTROL_PERIOD_SEC,
    });
    this.#positions = [...embodiment.homeJoints, embodiment.gripper.open];
    this.step();
  }

  /** A chunk for the ticks from the one that begins next on. */
  offer(rows: readonly (readonly number[])[]): void {
    const answer = this.controller.offerChunk(
      {
        id: ++this.#chunks,
        observationId: this.#chunks,
        stampNs: this.#nowNs,
        planId: 0n,
        epoch: this.controller.epoch,
        planAgeSec: 0,
        controlPeriodSec: this.#embodiment.tickSec,
        horizon: rows.length,
        dim: ACTION_DIM,
        actions: Float32Array.from(rows.flat()),
        latencySec: 0,
      },
      this.outputs.at(-1)?.tick ?? 0,
    );
    if (!answer.accepted) throw new Error(`the controller refused a chunk: ${answer.reason}`);
  }

  /** One control period. */
  step(): ControllerOutput {
    const names = [...this.#embodiment.armJoints, this.#embodiment.gripper.joint];
    const positions = Float64Array.from(this.#positions);
    const velocities = new Float64Array(names.length);
    this.controller.onJointState({ stampNs: this.#nowNs, names, positions, velocities });
    const startMs = performance.now();
    const output = this.controller.step(this.#nowNs);
    this.stepTimesUs.push((performance.now() - startMs) * 1000);
    if (output.command !== undefined) {
      this.#positions = [...output.command.positions, output.command.gripperJointPosition];
    }
    this.outputs.push(output);
    this.#nowNs += CONTROL_PERIOD_NS;
    return output;
  }

  /** Continues until the running tick is over, and calls `each` after every period. */
  tick(each: (output: ControllerOutput) => void = () => undefined): void {
    const periods = Math.round(this.#embodiment.tickSec / CONTROL_PERIOD_SEC);
    for (let i = 0; i < periods; i++) each(this.step());
  }
}
