import { readFileSync } from 'node:fs';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import type { ControllerOutput, JointCommand } from '../../core/control/ControllerOutput.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import type { PushResult } from '../../core/execution/ActionQueue.ts';
import { type ExecutionSpec, newestChunkSpec } from '../../core/execution/ExecutionSpec.ts';
import type { DualRateOptions } from '../../core/execution/DualRateScheduler.ts';
import {
  type Subsystem,
  VirtualLoop,
  type VirtualLoopOptions,
  type VirtualWorld,
} from '../../core/execution/VirtualLoop.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { JointSample, View } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { ActionExpert } from '../../core/policy/ActionExpert.ts';
import type { Planner } from '../../core/policy/Planner.ts';
import { floatTensor } from '../../core/policy/Tensor.ts';

export const PERIOD_SEC = 0.02;
export const TICK_SEC = widowx.tickSec;
const HORIZON = 16;

export const urdf = parseUrdf(
  readFileSync(new URL('../../../urdf/wx250s.urdf', import.meta.url), 'utf8'),
);

/** An arm that is where it was told to be one period ago, and a camera without pictures. */
export class PerfectArm implements VirtualWorld {
  readonly arm = 'simulated';
  /** Ticks whose frame is lost. */
  readonly lostFrames = new Set<number>();
  /** From this tick to that one (excluded) the joint states stay the same old ones. */
  silentJoints: readonly [from: number, to: number] = [0, 0];
  #positions = [...widowx.homeJoints, widowx.gripper.open];
  #steps = 0;
  #lastSample: JointSample | undefined;

  get timeNs(): bigint {
    return BigInt(this.#steps) * 20_000_000n;
  }

  get tick(): number {
    return Math.floor((this.#steps * PERIOD_SEC) / TICK_SEC + 1e-9);
  }

  jointSamples(): readonly JointSample[] {
    return [this.#sample()];
  }

  #sample(): JointSample {
    const [from, to] = this.silentJoints;
    const isSilent = this.tick >= from && this.tick < to;
    if (isSilent && this.#lastSample !== undefined) return this.#lastSample;
    this.#lastSample = {
      stampNs: this.timeNs,
      names: [...widowx.armJoints, widowx.gripper.joint],
      positions: Float64Array.from(this.#positions),
      velocities: new Float64Array(this.#positions.length),
    };
    return this.#lastSample;
  }

  look(): readonly View[] | undefined {
    if (this.lostFrames.has(this.tick)) return undefined;
    const image = { width: 1, height: 1, data: new Uint8Array(3) };
    return [{ name: 'front', image, stampNs: this.timeNs }];
  }

  step(command: JointCommand | undefined): void {
    this.#steps += 1;
    if (command) this.#positions = [...command.positions, command.gripperJointPosition];
  }
}

/** What the script moves by in a tick: to the left and up along a curve, never back. */
export function scriptedMove(tick: number): readonly [dx: number, dy: number, dz: number] {
  return [0, 0.002 + 0.001 * Math.sin(tick / 3), 0.0005];
}

class ScriptedPlanner implements Planner {
  readonly instructions: string[] = [];

  plan(...[observation, instruction, epoch]: Parameters<Planner['plan']>) {
    this.instructions.push(instruction);
    const { id: observationId, stampNs } = observation;
    const id = BigInt(this.instructions.length);
    const plan: SpatialPlan = {
      id,
      observationId,
      stampNs,
      epoch,
      instruction,
      view: 'front',
      boxes: [],
      points: [],
      trajectory: [],
      rawText: '',
      latencySec: 0,
    };
    const vlmProj = floatTensor(new Float32Array(1), [1, 1, 1]);
    return Promise.resolve({
      plan,
      tokens: { planId: id, observationId, stampNs, epoch, vlmProj },
    });
  }
}

/** Its rows say what the script says for the ticks from the observation on. */
class ScriptedExpert implements ActionExpert {
  tickOf: (stampNs: bigint) => number = () => 0;
  openingAt: (tick: number) => number = () => 1;
  #lastId = 0n;

  act(...[observation, tokens]: Parameters<ActionExpert['act']>): Promise<ActionChunk> {
    const actions = new Float32Array(HORIZON * 7);
    const t0 = this.tickOf(observation.stampNs);
    for (let row = 0; row < HORIZON; row++) {
      actions.set([...scriptedMove(t0 + row), 0, 0, 0, this.openingAt(t0 + row)], row * 7);
    }
    return Promise.resolve({
      id: ++this.#lastId,
      observationId: observation.id,
      stampNs: observation.stampNs,
      planId: tokens.planId,
      epoch: tokens.epoch,
      planAgeSec: Number(observation.stampNs - tokens.stampNs) / 1e9,
      controlPeriodSec: TICK_SEC,
      horizon: HORIZON,
      dim: 7,
      actions,
      latencySec: 0,
    });
  }
}

export type Trace = {
  readonly outputs: ControllerOutput[];
  readonly chunks: ActionChunk[];
  readonly answers: PushResult[];
  readonly plans: SpatialPlan[];
  readonly discarded: Subsystem[];
};

export type Script = {
  readonly delayTicks?: VirtualLoopOptions['delayTicks'];
  readonly scheduling?: Partial<DualRateOptions>;
  readonly execution?: Partial<ExecutionSpec>;
  /** What the script says of the gripper, 0…1; open unless told. */
  readonly openingAt?: (tick: number) => number;
};

/** The real assembler, scheduler, queue and controller around a scripted policy and arm. */
export function scriptedLoop(script: Script = {}) {
  const { delayTicks, scheduling, execution, openingAt } = script;
  const arm = new PerfectArm();
  const planner = new ScriptedPlanner();
  const expert = new ScriptedExpert();
  const trace: Trace = { outputs: [], chunks: [], answers: [], plans: [], discarded: [] };
  const loop = new VirtualLoop({
    embodiment: widowx,
    urdf,
    viewNames: ['front'],
    world: arm,
    planner,
    expert,
    execution: {
      ...newestChunkSpec(),
      mode: 'ensemble',
      ensembleHorizon: 7,
      executionHorizon: 2,
      ...execution,
    },
    scheduling: {
      plannerPeriodSec: 0.6,
      expertPeriodSec: TICK_SEC,
      maxPlanAgeSec: 2,
      lockStep: false,
      ...scheduling,
    },
    delayTicks: delayTicks ?? (() => 1),
    observer: {
      onPlan: (plan) => trace.plans.push(plan),
      onChunk: (chunk, answer) => {
        trace.chunks.push(chunk);
        trace.answers.push(answer);
      },
      onDiscard: (half) => trace.discarded.push(half),
      onStep: (output) => trace.outputs.push(output),
    },
  });
  expert.tickOf = (stampNs) => loop.controller.tickOfStamp(stampNs);
  if (openingAt) expert.openingAt = openingAt;
  const run = async (ticks: number) => {
    for (let k = 0; k < ticks; k++) await loop.runTick();
  };
  return { arm, loop, planner, trace, run };
}
