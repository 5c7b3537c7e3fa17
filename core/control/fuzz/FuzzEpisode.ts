import { ACTION_DIM } from '../../action/ActionChunk.ts';
import type { Embodiment } from '../../embodiment/Embodiment.ts';
import { ActionQueue } from '../../execution/ActionQueue.ts';
import type { UrdfModel } from '../../kinematics/UrdfModel.ts';
import { Random } from '../../math/random.ts';
import { Controller } from '../Controller.ts';
import type { ControllerOutput } from '../ControllerOutput.ts';
import { CONTROL_PERIOD_NS, CONTROL_PERIOD_SEC } from '../controlPeriod.ts';
import { ArmAccidents } from './ArmAccidents.ts';
import { FuzzOperator } from './FuzzOperator.ts';
import { FuzzPolicy } from './FuzzPolicy.ts';
import { drawTemper } from './FuzzTemper.ts';
import type { FuzzTemper } from './FuzzTemper.ts';
import type { FuzzWorld } from './FuzzWorld.ts';
import { JointStateLink } from './JointStateLink.ts';
import { armRange, randomPose } from './randomPose.ts';
import { VirtualArm } from './VirtualArm.ts';

/** What happened in a period. */
export type FuzzPeriod = {
  /** Where the arm is at the beginning of the period: arm joints, finger joint. */
  readonly truth: Float64Array;
  readonly listens: boolean;
  /** A controller that knows nothing begins. */
  readonly isNewProcess: boolean;
  /** The controller's process has ended, and no other one began yet. */
  readonly hasNoProcess: boolean;
  /** Undefined where no controller runs. */
  readonly output: ControllerOutput | undefined;
};

const START_NS = 1_000_000_000_000n;

/**
 * An arm, its driver, a network, a policy and people, all drawn from a seed, and the controller that
 * is to cope with them.
 */
export class FuzzEpisode {
  readonly temper: FuzzTemper;
  readonly policy: FuzzPolicy;
  readonly operator: FuzzOperator;
  readonly world: FuzzWorld;
  readonly #newController: () => Controller;
  readonly #link: JointStateLink;
  readonly #accidents: ArmAccidents;
  #passedNs = START_NS;
  #reportedFault: string | undefined;

  constructor(embodiment: Embodiment, urdf: UrdfModel, seed: string) {
    const random = new Random(`fuzz/${seed}`);
    const temper = drawTemper(random.fork('temper'));
    this.temper = temper;
    this.#newController = () => newController(embodiment, urdf, temper);
    const range = armRange(embodiment, urdf);
    const begin = random.fork('begin');
    const start = randomPose(begin, embodiment, range);
    this.world = {
      controller: this.#newController(),
      arm: new VirtualArm(begin, temper, start, range.speeds),
      period: 0,
      inhibition: undefined,
      driverFault: undefined,
      clockOffsetNs: 0n,
      speedScale: 1,
      isInactive: false,
      awayUntil: 0,
      isNewProcess: false,
    };
    this.#link = new JointStateLink(random.fork('link'), temper, embodiment, urdf);
    this.policy = new FuzzPolicy(random.fork('policy'), temper, embodiment);
    this.operator = new FuzzOperator(random.fork('operator'), temper);
    this.#accidents = new ArmAccidents(random.fork('accidents'), temper, embodiment, range);
    if (begin.uniform() < 0.4) this.#accidents.beginDriven(this.world);
  }

  /** The next period. */
  step(): FuzzPeriod {
    const { world } = this;
    const { arm } = world;
    this.#accidents.step(world);
    this.operator.step(world);
    const nowNs = this.#passedNs + world.clockOffsetNs;
    const samples = this.#link.arrivals(world.period, nowNs, arm);
    const isAway = world.period < world.awayUntil;
    const isNewProcess = !isAway && world.isNewProcess;
    if (isNewProcess) this.#beginProcess();
    const truth = arm.positions.slice();
    const { listens } = arm;
    let output: ControllerOutput | undefined;
    if (!isAway) {
      for (const sample of samples) world.controller.onJointState(sample);
      this.#reportDriverFault();
      this.policy.step(world.controller, nowNs);
      output = world.controller.step(nowNs);
    }
    arm.receive(output?.command);
    arm.step();
    world.period += 1;
    this.#passedNs += CONTROL_PERIOD_NS;
    const hasNoProcess = isAway && world.isNewProcess;
    return { truth, listens, isNewProcess, hasNoProcess, output };
  }

  #beginProcess(): void {
    this.world.controller = this.#newController();
    this.world.isNewProcess = false;
    this.world.isInactive = false;
    this.world.speedScale = 1;
    this.#reportedFault = undefined;
  }

  /** What the driver says comes to every controller; an obstacle every period, a fault once. */
  #reportDriverFault(): void {
    const { controller, inhibition: obstacle, driverFault } = this.world;
    controller.inhibit(obstacle);
    if (driverFault === this.#reportedFault) return;
    controller.driverFault(driverFault);
    this.#reportedFault = driverFault;
  }
}

function newController(embodiment: Embodiment, urdf: UrdfModel, temper: FuzzTemper): Controller {
  const { queueMode, following, maxBlindSec } = temper;
  const queue = new ActionQueue({
    dim: ACTION_DIM,
    mode: queueMode,
    ensembleHorizon: 7,
    executionHorizon: 4,
  });
  const periodSec = CONTROL_PERIOD_SEC;
  return new Controller({ embodiment, urdf, queue, periodSec, following, maxBlindSec });
}
