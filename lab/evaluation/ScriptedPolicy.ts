import { secondsOf } from '../../core/math/time.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import type { Quat } from '../../core/math/types.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { ActionExpert } from '../../core/policy/ActionExpert.ts';
import type { Planner } from '../../core/policy/Planner.ts';
import { floatTensor } from '../../core/policy/Tensor.ts';
import { actionNumbers } from '../../sim/expert/ExpertArm.ts';
import { observeTask, taskGeometry } from '../../sim/expert/observeTask.ts';
import { rollOut } from '../../sim/expert/predict.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';

const HORIZON = 16;
const DIM = 7;

/**
 * The scripted expert in the place of a model: it looks at the state instead of the picture. Its
 * success is what the queue, the controller and a perfect model could reach together.
 */
export class ScriptedPolicy implements Planner, ActionExpert {
  readonly #world: SimWorld;
  readonly #homeOrientation: Quat;
  #lastId = 0n;
  #lastOutput: ControllerOutput | undefined;

  constructor(world: SimWorld) {
    const { embodiment, urdf } = world;
    const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    this.#world = world;
    this.#homeOrientation = chain.forward(embodiment.homeJoints).orientation;
  }

  /** Tells what the arm was commanded to do, on which its decisions build. */
  onStep(output: ControllerOutput): void {
    this.#lastOutput = output;
  }

  plan(...[observation, instruction, epoch]: Parameters<Planner['plan']>) {
    const { id: observationId, stampNs } = observation;
    const id = ++this.#lastId;
    const plan: SpatialPlan = {
      id,
      observationId,
      stampNs,
      epoch,
      instruction,
      view: this.#world.arm.cameraName,
      boxes: [],
      points: [],
      trajectory: [],
      rawText: '',
      latencySec: 0,
    };
    const vlmProj = floatTensor(new Float32Array(1), [1, 1, 1]);
    const tokens = { planId: id, observationId, stampNs, epoch, vlmProj };
    return Promise.resolve({ plan, tokens });
  }

  act(...[observation, tokens]: Parameters<ActionExpert['act']>): Promise<ActionChunk> {
    const measuredBaseFromEe = observation.baseFromEe;
    const state = observeTask(this.#world, {
      commandedBaseFromEe: this.#lastOutput?.targetBaseFromEe ?? measuredBaseFromEe,
      measuredBaseFromEe,
      gripperOpening: observation.gripperOpening,
    });
    const geometry = taskGeometry(this.#world, this.#homeOrientation);
    const { actions } = rollOut(state, geometry, HORIZON);
    return Promise.resolve({
      id: ++this.#lastId,
      observationId: observation.id,
      stampNs: observation.stampNs,
      planId: tokens.planId,
      epoch: tokens.epoch,
      planAgeSec: secondsOf(observation.stampNs - tokens.stampNs),
      controlPeriodSec: this.#world.embodiment.tickSec,
      horizon: HORIZON,
      dim: DIM,
      actions: Float32Array.from(actions.flatMap(actionNumbers)),
      latencySec: 0,
    });
  }
}
