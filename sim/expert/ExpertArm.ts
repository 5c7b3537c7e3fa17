import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import { ACTION_DIM } from '../../core/action/ActionChunk.ts';
import { Controller } from '../../core/control/Controller.ts';
import { gripperOpeningOf } from '../../core/embodiment/Embodiment.ts';
import { newestChunkSpec, newQueue } from '../../core/execution/ExecutionSpec.ts';
import { periodsBeforeTick } from '../../core/execution/tickPeriods.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import type { Pose } from '../../core/math/types.ts';
import type { SimWorld } from '../world/SimWorld.ts';
import type { ExpertAction } from './ExpertDecision.ts';
import type { ArmReading } from './observeTask.ts';

const PERIOD_SEC = 0.02;

/**
 * The simulated arm behind the real controller, one action a tick: what the expert's data is made
 * with is what executes a policy's chunks.
 */
export class ExpertArm {
  readonly baseFromHome: Pose;
  readonly #world: SimWorld;
  readonly #chain: Chain;
  #controller: Controller;
  #commandedBaseFromEe: Pose | undefined;
  #tick = 0;

  constructor(world: SimWorld) {
    const { embodiment, urdf } = world;
    this.#world = world;
    this.#chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    this.baseFromHome = this.#chain.forward(embodiment.homeJoints);
    this.#controller = this.#newController();
  }

  /** Call after a reset of the world. */
  reset(): void {
    this.#controller = this.#newController();
    this.#commandedBaseFromEe = undefined;
    this.#tick = 0;
  }

  reading(): ArmReading {
    const { armJoints, gripper } = this.#world.embodiment;
    const { positions, names } = this.#world.jointSample();
    const measuredBaseFromEe = this.#chain.forward(positions.subarray(0, armJoints.length));
    return {
      commandedBaseFromEe: this.#commandedBaseFromEe ?? measuredBaseFromEe,
      measuredBaseFromEe,
      gripperOpening: gripperOpeningOf(gripper, positions[names.indexOf(gripper.joint)]!),
    };
  }

  /** Executes one action for one tick. */
  execute(action: ExpertAction): void {
    const world = this.#world;
    const controller = this.#controller;
    controller.onJointState(world.jointSample());
    const answer = controller.offerChunk(this.#chunkOf(action), this.#tick);
    if (!answer.accepted) throw new Error(`the controller refused an action: ${answer.reason}`);
    const { tickSec } = world.embodiment;
    const begins = (tick: number): number => periodsBeforeTick(tick, tickSec, PERIOD_SEC);
    for (let i = begins(this.#tick); i < begins(this.#tick + 1); i++) {
      const output = controller.step(world.timeNs);
      this.#commandedBaseFromEe = output.targetBaseFromEe;
      world.step(output.command, PERIOD_SEC);
      controller.onJointState(world.jointSample());
    }
    this.#tick += 1;
  }

  #chunkOf(action: ExpertAction): ActionChunk {
    return {
      id: BigInt(this.#tick + 1),
      observationId: BigInt(this.#tick + 1),
      stampNs: this.#world.timeNs,
      planId: 0n,
      epoch: 0,
      planAgeSec: 0,
      controlPeriodSec: this.#world.embodiment.tickSec,
      horizon: 1,
      dim: ACTION_DIM,
      actions: Float32Array.from(actionNumbers(action)),
      latencySec: 0,
    };
  }

  #newController(): Controller {
    const { embodiment, urdf } = this.#world;
    const queue = newQueue(newestChunkSpec());
    return new Controller({ embodiment, urdf, queue, arm: 'simulated', periodSec: PERIOD_SEC });
  }
}

/** The canonical seven numbers of an action. */
export function actionNumbers(action: ExpertAction): readonly number[] {
  return [...action.translation, ...action.rotation, action.gripper];
}
