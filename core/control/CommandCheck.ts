import { gripperPositionOf } from '../embodiment/Embodiment.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import { movableJoint } from '../kinematics/UrdfModel.ts';
import type { UrdfLimit, UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import { quatAngleBetween } from '../math/quat.ts';
import { vec3Distance } from '../math/vec3.ts';
import type { JointSample } from '../observation/Observation.ts';
import type { ControllerOutput, JointCommand } from './ControllerOutput.ts';
import { distanceOutside } from './moveTarget.ts';

const MOST_KEPT = 20;
/** Rounding errors. */
const TINY = 1e-9;

/**
 * Judges a controller by what it sends, knowing nothing of how it came about: positions, velocities
 * and accelerations within limits, motion continuous, targets within the workspace and a step.
 */
export class CommandCheck {
  readonly violations: string[] = [];
  violationCount = 0;
  readonly #embodiment: Embodiment;
  readonly #limits: readonly UrdfLimit[];
  readonly #periodSec: number;
  #measured: Float64Array | undefined;
  #last: JointCommand | undefined;
  #lastTarget: Pose | undefined;
  #lastTick = 0;
  #mayReanchor = true;

  constructor(embodiment: Embodiment, urdf: UrdfModel, periodSec: number) {
    this.#embodiment = embodiment;
    this.#periodSec = periodSec;
    this.#limits = embodiment.armJoints.map((name) => movableJoint(urdf, name).limit);
  }

  /** From here on, until it happened once, commands may begin anew at the measured position. */
  allowReanchor(): void {
    this.#mayReanchor = true;
  }

  measured(sample: JointSample): void {
    this.#measured = Float64Array.from(
      this.#embodiment.armJoints,
      (name) => sample.positions[sample.names.indexOf(name)] as number,
    );
  }

  output({ command, targetBaseFromEe, tick }: ControllerOutput): void {
    if (command === undefined) {
      this.#last = undefined;
      this.#lastTarget = undefined;
      this.#mayReanchor = true;
      return;
    }
    this.#checkBounds(command);
    const continues = this.#last !== undefined && this.#continuesFrom(this.#last, command);
    if (!continues) {
      const measured = this.#measured && this.#restingAt(this.#measured, command);
      const begins = measured !== undefined && this.#continuesFrom(measured, command);
      if (!begins || !this.#mayReanchor) this.#fail('jump', command.positions);
      this.#mayReanchor = false;
      this.#lastTarget = undefined;
    }
    // the target of a tick against the one of the period before it
    if (
      tick !== this.#lastTick &&
      this.#lastTarget !== undefined &&
      targetBaseFromEe !== undefined
    ) {
      this.#checkTarget(this.#lastTarget, targetBaseFromEe);
    }
    this.#last = command;
    this.#lastTarget = targetBaseFromEe;
    this.#lastTick = tick;
  }

  #checkBounds({
    positions,
    velocities,
    gripperOpening,
    gripperJointPosition,
  }: JointCommand): void {
    this.#limits.forEach(({ lower, upper, velocity }, i) => {
      const q = positions[i] as number;
      const v = Math.abs(velocities[i] as number);
      const fastest = Math.min(velocity, this.#embodiment.limits.velocity[i] as number);
      if (!(q >= lower && q <= upper)) this.#fail(`position of joint ${i}`, [q]);
      if (!(v <= fastest + TINY)) this.#fail(`velocity of joint ${i}`, [v]);
    });
    const { gripper } = this.#embodiment;
    const position = gripperPositionOf(gripper, gripperOpening);
    if (!(gripperOpening >= 0 && gripperOpening <= 1)) this.#fail('gripper', [gripperOpening]);
    if (!(Math.abs(position - gripperJointPosition) <= TINY)) {
      this.#fail('gripper joint', [gripperJointPosition]);
    }
  }

  /** Acceleration within its limit and constant in between: continuous position and velocity. */
  #continuesFrom(before: JointCommand, now: JointCommand): boolean {
    const dt = this.#periodSec;
    return now.positions.every((q, i) => {
      const v0 = before.velocities[i] as number;
      const v1 = now.velocities[i] as number;
      const most = (this.#embodiment.limits.acceleration[i] as number) * dt;
      const expected = (before.positions[i] as number) + ((v0 + v1) / 2) * dt;
      return Math.abs(v1 - v0) <= most + TINY && Math.abs(q - expected) <= TINY;
    });
  }

  #restingAt(measured: Float64Array, like: JointCommand): JointCommand {
    const positions = measured.map((q, i) => {
      const { lower, upper } = this.#limits[i] as UrdfLimit;
      return Math.min(upper, Math.max(lower, q));
    });
    return { ...like, positions, velocities: new Float64Array(positions.length) };
  }

  /** What an action made of the target before. */
  #checkTarget(before: Pose, after: Pose): void {
    const { workspace, maxStepM, maxStepRad } = this.#embodiment.limits;
    const outside = distanceOutside(after.position, workspace);
    if (outside > distanceOutside(before.position, workspace) + TINY) {
      this.#fail('target leaves the workspace', after.position);
    }
    const step = vec3Distance(before.position, after.position);
    if (!(step <= maxStepM + TINY)) this.#fail('step of the target', [step]);
    const turn = quatAngleBetween(before.orientation, after.orientation);
    if (!(turn <= maxStepRad + TINY)) this.#fail('turn of the target', [turn]);
  }

  #fail(what: string, found: ArrayLike<number>): void {
    this.violationCount += 1;
    if (this.violations.length < MOST_KEPT) {
      this.violations.push(`${what}: ${Array.from(found).join(', ')}`);
    }
  }
}
