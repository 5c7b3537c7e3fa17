import assert from 'node:assert/strict';
import type { ActionChunk } from '../../../core/action/ActionChunk.ts';
import { Controller } from '../../../core/control/Controller.ts';
import type { ControllerOptions } from '../../../core/control/ControllerOptions.ts';
import type { ControllerOutput, JointCommand } from '../../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../../core/embodiment/Embodiment.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { ActionQueue } from '../../../core/execution/ActionQueue.ts';
import type { PushResult } from '../../../core/execution/ActionQueue.ts';
import { assertClose, urdfOf } from '../arm.ts';

export const PERIOD_NS = 20_000_000n;
export const PERIODS_A_TICK = 10;

/** Δx Δy Δz, rotation vector, gripper opening. */
export type Row = readonly [number, number, number, number, number, number, number];

/** A controller in virtual time, with an arm that is exactly where it was commanded to be. */
export class ControllerBench {
  readonly controller: Controller;
  nowNs = 1_000_000_000n;
  joints: number[];
  finger: number;
  readonly trace: JointCommand[] = [];
  readonly #embodiment: Embodiment;
  #chunks = 0n;

  constructor(
    options: Pick<ControllerOptions, 'gripperHoldTicks' | 'maxBlindSec' | 'following' | 'arm'> & {
      readonly embodiment?: Embodiment;
    } = {},
  ) {
    const { embodiment = widowx } = options;
    this.#embodiment = embodiment;
    this.joints = [...embodiment.homeJoints];
    this.finger = embodiment.gripper.open;
    const horizons = { ensembleHorizon: 7, executionHorizon: 64 };
    const queue = new ActionQueue({ dim: 7, mode: 'receding', ...horizons });
    this.controller = new Controller({
      arm: 'simulated',
      ...options,
      embodiment,
      urdf: urdfOf(embodiment),
      queue,
    });
  }

  report(stampNs = this.nowNs): void {
    const positions = Float64Array.from([...this.joints, this.finger]);
    const names = [...this.#embodiment.armJoints, this.#embodiment.gripper.joint];
    const answer = this.controller.onJointState({
      stampNs,
      names,
      positions,
      velocities: new Float64Array(positions.length),
    });
    assert.deepEqual(answer, { accepted: true });
  }

  chunk(rows: readonly Row[], change: Partial<ActionChunk> = {}): ActionChunk {
    return {
      id: ++this.#chunks,
      observationId: 1n,
      stampNs: this.nowNs,
      planId: 1n,
      epoch: this.controller.epoch,
      planAgeSec: 0,
      controlPeriodSec: this.#embodiment.tickSec,
      horizon: rows.length,
      dim: 7,
      actions: Float32Array.from(rows.flat()),
      latencySec: 0,
      ...change,
    };
  }

  offer(rows: readonly Row[], t0 = this.controller.tickOfStamp(this.nowNs)): PushResult {
    return this.controller.offerChunk(this.chunk(rows), t0);
  }

  /** One period: joint states unless `silent`, then the command, which the arm obeys. */
  step(silent = false): ControllerOutput {
    if (!silent) this.report();
    const output = this.controller.step(this.nowNs);
    if (output.command !== undefined) {
      this.joints = [...output.command.positions];
      this.finger = output.command.gripperJointPosition;
      this.trace.push(output.command);
    }
    this.nowNs += PERIOD_NS;
    return output;
  }

  steps(count: number, silent = false): ControllerOutput {
    let output = this.step(silent);
    for (let i = 1; i < count; i++) output = this.step(silent);
    return output;
  }

  tick(): ControllerOutput {
    return this.steps(PERIODS_A_TICK);
  }

  /** Fails where acceleration or jerk is too large, or position and velocity are not their integrals. */
  assertSmooth(): void {
    const dt = 0.02;
    const { acceleration, jerk } = this.#embodiment.limits;
    for (let k = 1; k < this.trace.length; k++) {
      const [before, now] = [this.trace[k - 1], this.trace[k]] as [JointCommand, JointCommand];
      before.positions.forEach((q, i) => {
        const [v, a] = [before.velocities[i]!, before.accelerations[i]!];
        const next = now.accelerations[i]!;
        assert.ok(Math.abs(next) <= acceleration[i]! + 1e-9, `step ${k}: ${next}`);
        assert.ok(Math.abs(next - a) <= jerk[i]! * dt + 1e-9, `step ${k}: ${a} to ${next}`);
        const expected = [q + v * dt + ((2 * a + next) / 6) * dt * dt, v + ((a + next) / 2) * dt];
        const found = [now.positions[i]!, now.velocities[i]!];
        assertClose(found, expected, 1e-9, `step ${k}, joint ${i}`);
      });
    }
  }
}
