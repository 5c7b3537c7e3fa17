import { gripperPositionOf } from '../embodiment/Embodiment.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import { quatAngleBetween } from '../math/quat.ts';
import { vec3Distance } from '../math/vec3.ts';
import type { JointSample } from '../observation/Observation.ts';
import { armBounds } from './armBounds.ts';
import type { JointBounds } from './armBounds.ts';
import type { ControllerOutput, JointCommand } from './ControllerOutput.ts';
import { distanceOutside } from './moveTarget.ts';
import { RoomCheck } from './RoomCheck.ts';

const MOST_KEPT = 20;
/** Rounding errors. */
const TINY = 1e-9;
const TINY_ANGLE = 1e-6;

/**
 * Judges a controller by what it sends, knowing nothing of how it came about: positions, velocities,
 * accelerations and jerks within limits, motion continuous, targets within the workspace and a step,
 * and nothing nearer to the arm itself, the table or the end of its workspace than it may be.
 */
export class CommandCheck {
  readonly violations: string[] = [];
  violationCount = 0;
  readonly #embodiment: Embodiment;
  readonly #bounds: JointBounds;
  readonly #periodSec: number;
  #measured: Float64Array | undefined;
  readonly #chain: Chain;
  readonly #rooms: RoomCheck;
  #last: JointCommand | undefined;
  #lastTarget: Pose | undefined;
  #lastTick = 0;
  #mayReanchor = true;

  constructor(embodiment: Embodiment, urdf: UrdfModel, periodSec: number) {
    this.#embodiment = embodiment;
    this.#periodSec = periodSec;
    this.#bounds = armBounds(embodiment, urdf);
    this.#chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    this.#rooms = new RoomCheck(embodiment, urdf);
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

  output({ command, targetBaseFromEe, measuredBaseFromEe, tick }: ControllerOutput): void {
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
      if (measured !== undefined) this.#rooms.start(measured.positions);
      if (!begins || !this.#mayReanchor) this.#fail('jump', command.positions);
      this.#mayReanchor = false;
      this.#lastTarget = undefined;
    }
    // the target of a tick against what the action was added to; where the arm is it may always be
    const from = this.#embodiment.deltaBase === 'measured' ? measuredBaseFromEe : this.#lastTarget;
    if (
      tick !== this.#lastTick &&
      from !== undefined &&
      targetBaseFromEe !== undefined &&
      targetBaseFromEe !== this.#lastTarget &&
      !this.#isAt(command, targetBaseFromEe)
    ) {
      this.#checkTarget(from, targetBaseFromEe);
    }
    const tooNear = this.#rooms.follow(command.positions);
    if (tooNear !== undefined) this.#fail(tooNear, command.positions);
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

  /** Acceleration and its change within limits; position and velocity are its integrals. */
  #continuesFrom(before: JointCommand, now: JointCommand): boolean {
    const dt = this.#periodSec;
    const { acceleration, jerk } = this.#bounds;
    return now.positions.every((q, i) => {
      const v = before.velocities[i] as number;
      const a0 = before.accelerations[i] as number;
      const a1 = now.accelerations[i] as number;
      const velocity = v + ((a0 + a1) / 2) * dt;
      const position = (before.positions[i] as number) + v * dt + ((2 * a0 + a1) / 6) * dt * dt;
      return (
        Math.abs(a1) <= (acceleration[i] as number) + TINY &&
        Math.abs(a1 - a0) <= (jerk[i] as number) * dt + TINY &&
        Math.abs((now.velocities[i] as number) - velocity) <= TINY &&
        Math.abs(q - position) <= TINY
      );
    });
  }

  #restingAt(measured: Float64Array, like: JointCommand): JointCommand {
    const { lower, upper } = this.#bounds;
    const positions = measured.map((q, i) =>
      Math.min(upper[i] as number, Math.max(lower[i] as number, q)),
    );
    const zeros = new Float64Array(positions.length);
    return { ...like, positions, velocities: zeros, accelerations: zeros };
  }

  #isAt({ positions }: JointCommand, target: Pose): boolean {
    const { position, orientation } = this.#chain.forward(positions);
    const turned = quatAngleBetween(orientation, target.orientation);
    return vec3Distance(position, target.position) <= TINY && turned <= TINY_ANGLE;
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
