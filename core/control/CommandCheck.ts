import { gripperPositionOf } from '../embodiment/Embodiment.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import { quatAngleBetween } from '../math/quat.ts';
import { vec3Distance } from '../math/vec3.ts';
import type { JointSample } from '../observation/Observation.ts';
import { armBounds } from './armBounds.ts';
import type { JointBounds } from './armBounds.ts';
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
  readonly #bounds: JointBounds;
  readonly #periodSec: number;
  #measured: Float64Array | undefined;
  #last: JointCommand | undefined;
  #lastTarget: Pose | undefined;
  #lastTick = 0;
  #mayReanchor = true;

  constructor(embodiment: Embodiment, urdf: UrdfModel, periodSec: number) {
    this.#embodiment = embodiment;
    this.#periodSec = periodSec;
    this.#bounds = armBounds(embodiment, urdf);
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
    const { lower, upper, velocity } = this.#bounds;
    positions.forEach((q, i) => {
      const v = Math.abs(velocities[i] as number);
      const within = q >= (lower[i] as number) && q <= (upper[i] as number);
      if (!within) this.#fail(`position of joint ${i}`, [q]);
      if (!(v <= (velocity[i] as number) + TINY)) this.#fail(`velocity of joint ${i}`, [v]);
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
      const most = (this.#bounds.acceleration[i] as number) * dt;
      const expected = (before.positions[i] as number) + ((v0 + v1) / 2) * dt;
      return Math.abs(v1 - v0) <= most + TINY && Math.abs(q - expected) <= TINY;
    });
  }

  #restingAt(measured: Float64Array, like: JointCommand): JointCommand {
    const { lower, upper } = this.#bounds;
    const positions = measured.map((q, i) =>
      Math.min(upper[i] as number, Math.max(lower[i] as number, q)),
    );
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
