import type { ActionChunk } from '../../../core/action/ActionChunk.ts';
import { Controller } from '../../../core/control/Controller.ts';
import type { ControllerOutput } from '../../../core/control/ControllerOutput.ts';
import type { FollowingLimits } from '../../../core/control/FollowingMonitor.ts';
import type { Embodiment } from '../../../core/embodiment/Embodiment.ts';
import { ActionQueue } from '../../../core/execution/ActionQueue.ts';
import type { JointSample } from '../../../core/observation/Observation.ts';
import { urdfOf } from '../arm.ts';

export const PERIOD_NS = 20_000_000n;

export type LateArmOptions = {
  readonly embodiment: Embodiment;
  /** Periods from when a joint state is true until it arrives. */
  readonly latePeriods?: number;
  readonly joints?: readonly number[];
  readonly finger?: number;
  readonly following?: FollowingLimits;
};

/**
 * A controller that knows nothing of its arm, and an arm that is where it was told to be, as a position
 * controller's; what it says of its joints is true, and comes late.
 */
export class LateArm {
  readonly controller: Controller;
  nowNs = 1_000_000_000_000n;
  joints: number[];
  finger: number;
  /** Nothing is received: others have the arm, or it is without torque. */
  isDeaf = false;
  /** No joint states leave the arm. */
  isSilent = false;
  /** One entry a period: arm joints and the finger, or undefined where nothing was sent. */
  readonly sent: (readonly number[] | undefined)[] = [];
  /** Of each entry, where the arm was before it. */
  readonly truth: (readonly number[])[] = [];
  readonly #embodiment: Embodiment;
  readonly #latePeriods: number;
  #underway: { readonly sample: JointSample; readonly dueNs: bigint }[] = [];
  #chunks = 0n;

  constructor({ embodiment, latePeriods = 0, joints, finger, following }: LateArmOptions) {
    this.#embodiment = embodiment;
    this.#latePeriods = latePeriods;
    this.joints = [...(joints ?? embodiment.homeJoints)];
    this.finger = finger ?? embodiment.gripper.open;
    const horizons = { ensembleHorizon: 1, executionHorizon: 64 };
    const queue = new ActionQueue({ dim: 7, mode: 'receding', ...horizons });
    this.controller = new Controller({ embodiment, urdf: urdfOf(embodiment), queue, following });
  }

  /** Offers ticks of the same action, made of what is seen now. */
  offer(row: readonly number[], rows = 8): boolean {
    const { controller } = this;
    const chunk: ActionChunk = {
      id: ++this.#chunks,
      observationId: 1n,
      stampNs: this.nowNs,
      planId: 1n,
      epoch: controller.epoch,
      planAgeSec: 0,
      controlPeriodSec: this.#embodiment.tickSec,
      horizon: rows,
      dim: 7,
      actions: Float32Array.from(Array.from({ length: rows }, () => row).flat()),
      latencySec: 0,
    };
    return controller.offerChunk(chunk, controller.tickOfStamp(this.nowNs)).accepted;
  }

  /** Passes periods; `before` each one, with its number. */
  run(periods: number, before: (k: number) => void = () => undefined): ControllerOutput {
    let output: ControllerOutput | undefined;
    for (let k = 0; k < periods; k++) {
      before(k);
      output = this.#period();
    }
    return output!;
  }

  #period(): ControllerOutput {
    if (!this.isSilent) {
      const dueNs = this.nowNs + BigInt(this.#latePeriods) * PERIOD_NS;
      this.#underway.push({ sample: this.#sample(), dueNs });
    }
    const due = this.#underway.filter(({ dueNs }) => dueNs <= this.nowNs);
    this.#underway = this.#underway.filter(({ dueNs }) => dueNs > this.nowNs);
    for (const { sample } of due) this.controller.onJointState(sample);
    const output = this.controller.step(this.nowNs);
    this.truth.push([...this.joints, this.finger]);
    const { command } = output;
    this.sent.push(command && [...command.positions, command.gripperJointPosition]);
    if (command && !this.isDeaf) {
      this.joints = [...command.positions];
      this.finger = command.gripperJointPosition;
    }
    this.nowNs += PERIOD_NS;
    return output;
  }

  #sample(): JointSample {
    const { armJoints, gripper } = this.#embodiment;
    return {
      stampNs: this.nowNs,
      names: [...armJoints, gripper.joint],
      positions: Float64Array.from([...this.joints, this.finger]),
      velocities: new Float64Array(armJoints.length + 1),
    };
  }
}

/** The largest share of the velocity limit, and of the acceleration limit, between commands sent. */
export function sharesOf(
  sent: readonly (readonly number[] | undefined)[],
  { limits }: Embodiment,
): { velocity: number; acceleration: number } {
  const dt = 0.02;
  const velocityLimits = [...limits.velocity, limits.gripperVelocity];
  const accelerationLimits = [...limits.acceleration, limits.gripperAcceleration];
  let [velocity, acceleration] = [0, 0];
  let last: readonly number[] | undefined;
  let lastSpeeds = velocityLimits.map(() => 0);
  for (const now of sent) {
    // a receiver holds the last command
    const position = now ?? last;
    if (position === undefined) continue;
    const before = last ?? position;
    const speeds = position.map((q, i) => (q - before[i]!) / dt);
    for (const [i, speed] of speeds.entries()) {
      velocity = Math.max(velocity, Math.abs(speed) / velocityLimits[i]!);
      const change = Math.abs(speed - lastSpeeds[i]!) / dt;
      acceleration = Math.max(acceleration, change / accelerationLimits[i]!);
    }
    last = position;
    lastSpeeds = speeds;
  }
  return { velocity, acceleration };
}
