import { gripperPositionOf } from '../embodiment/Embodiment.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Pose } from '../math/types.ts';
import { quatAngleBetween } from '../math/quat.ts';
import { vec3Distance } from '../math/vec3.ts';
import { armBounds } from './armBounds.ts';
import type { JointBounds } from './armBounds.ts';
import type { ControllerOutput, JointCommand } from './ControllerOutput.ts';
import { distanceOutside } from './moveTarget.ts';
import { ClearanceCheck } from './ClearanceCheck.ts';
import { StreamCheck } from './StreamCheck.ts';

const MAX_KEPT = 20;
/** Rounding errors. */
const TINY = 1e-9;
const TINY_ANGLE = 1e-6;

/**
 * Judges a controller by what it sends and by where the arm truly is, whatever the controller says of
 * itself: position, velocity, acceleration and jerk of joints and gripper within limits, from the first
 * command to the last; commands begin and end at rest, and begin where the arm is; nothing nearer to
 * the arm itself, the table or the end of its workspace than it may be; targets within the workspace
 * and a step. What is outside of a limit when commands begin there must not get worse.
 */
export class CommandCheck {
  readonly violations: string[] = [];
  #violationCount = 0;
  readonly #embodiment: Embodiment;
  readonly #bounds: JointBounds;
  readonly #periodSec: number;
  readonly #chain: Chain;
  readonly #clearance: ClearanceCheck;
  readonly #stream: StreamCheck;
  /** The last command, while commands come period by period. */
  #last: JointCommand | undefined;
  #lastTarget: Pose | undefined;
  #lastTick = 0;

  constructor(embodiment: Embodiment, urdf: UrdfModel, periodSec: number) {
    this.#embodiment = embodiment;
    this.#periodSec = periodSec;
    this.#bounds = armBounds(embodiment, urdf);
    this.#chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    this.#clearance = new ClearanceCheck(embodiment, urdf);
    const fail = (what: string, found: ArrayLike<number>): void => this.#fail(what, found);
    this.#stream = new StreamCheck(embodiment, urdf, periodSec, fail);
  }

  /** How many violations were found; `violations` keeps the first ones. */
  get violationCount(): number {
    return this.#violationCount;
  }

  /**
   * Where the arm truly is at the beginning of a period; call it before `output`.
   *
   * @param positions of the arm joints, and of the finger joint
   * @param listens false where others have the arm, and it does not follow them
   */
  arm(positions: ArrayLike<number>, listens = true): void {
    this.#stream.arm(positions, listens);
  }

  /** What comes next is sent by another process, which knows nothing of what was sent before. */
  restart(): void {
    this.#stream.restart();
    this.#forget();
  }

  /** What was sent in a period; undefined where no controller ran. */
  output(output: ControllerOutput | undefined): void {
    const command = output?.command;
    if (output === undefined || command === undefined) {
      this.#stream.silence(this.#last);
      this.#forget();
      return;
    }
    this.#checkCommand(command);
    const last = this.#last;
    if (last === undefined) this.#stream.begin(command);
    else {
      if (!this.#continuesFrom(last, command)) this.#fail('jump', command.positions);
      this.#stream.advance(last, command);
    }
    const tooNear = this.#clearance.follow(command.positions);
    if (tooNear !== undefined && (last !== undefined || !this.#stream.wasAsNear(this.#clearance))) {
      this.#fail(tooNear, command.positions);
    }
    this.#checkTarget(output, command);
    this.#last = command;
  }

  #forget(): void {
    this.#last = undefined;
    this.#lastTarget = undefined;
    this.#clearance.forget();
  }

  #checkCommand({
    positions,
    velocities,
    accelerations,
    gripperOpening,
    gripperJointPosition,
  }: JointCommand): void {
    const { velocity, acceleration } = this.#bounds;
    positions.forEach((q, i) => {
      const [v, a] = [Math.abs(velocities[i]!), Math.abs(accelerations[i]!)];
      if (!Number.isFinite(q)) this.#fail(`position of joint ${i}`, [q]);
      if (!(v <= velocity[i]! + TINY)) this.#fail(`velocity of joint ${i}`, [v]);
      if (!(a <= acceleration[i]! + TINY)) this.#fail(`acceleration of joint ${i}`, [a]);
    });
    const { gripper } = this.#embodiment;
    if (!(gripperOpening >= 0 && gripperOpening <= 1)) this.#fail('gripper', [gripperOpening]);
    const inStroke = Math.min(
      Math.max(gripper.closed, gripper.open),
      Math.max(Math.min(gripper.closed, gripper.open), gripperJointPosition),
    );
    if (!(Math.abs(gripperPositionOf(gripper, gripperOpening) - inStroke) <= TINY)) {
      this.#fail('gripper joint', [gripperJointPosition]);
    }
  }

  /** The jerk is within its limit; position and velocity are the acceleration's integrals. */
  #continuesFrom(before: JointCommand, now: JointCommand): boolean {
    const dt = this.#periodSec;
    const { jerk } = this.#bounds;
    return now.positions.every((q, i) => {
      const v = before.velocities[i]!;
      const a0 = before.accelerations[i]!;
      const a1 = now.accelerations[i]!;
      const velocity = v + ((a0 + a1) / 2) * dt;
      const position = before.positions[i]! + v * dt + ((2 * a0 + a1) / 6) * dt * dt;
      return (
        Math.abs(a1 - a0) <= jerk[i]! * dt + TINY &&
        Math.abs(now.velocities[i]! - velocity) <= TINY &&
        Math.abs(q - position) <= TINY
      );
    });
  }

  /** The target of a tick against what the action was added to; where the arm is it may always be. */
  #checkTarget(output: ControllerOutput, command: JointCommand): void {
    const { targetBaseFromEe, measuredBaseFromEe, tick } = output;
    const from = this.#embodiment.deltaBase === 'measured' ? measuredBaseFromEe : this.#lastTarget;
    if (
      tick !== this.#lastTick &&
      from !== undefined &&
      targetBaseFromEe !== undefined &&
      targetBaseFromEe !== this.#lastTarget &&
      this.#isInRange(this.#last ?? command) &&
      !this.#isAt(command, targetBaseFromEe)
    ) {
      this.#checkStep(from, targetBaseFromEe, this.#chain.forward(command.positions));
    }
    this.#lastTarget = targetBaseFromEe;
    this.#lastTick = tick;
  }

  /** Where it is not, the way back into the joints' ranges adds to what the action asks for. */
  #isInRange({ positions }: JointCommand): boolean {
    const { lower, upper } = this.#bounds;
    return positions.every((q, i) => q >= lower[i]! && q <= upper[i]!);
  }

  #isAt({ positions }: JointCommand, target: Pose): boolean {
    const { position, orientation } = this.#chain.forward(positions);
    const turned = quatAngleBetween(orientation, target.orientation);
    return vec3Distance(position, target.position) <= TINY && turned <= TINY_ANGLE;
  }

  /** What an action made of the target before; outside of the box it may be where the command is. */
  #checkStep(before: Pose, after: Pose, commanded: Pose): void {
    const { workspace, maxStepM, maxStepRad } = this.#embodiment.limits;
    const outside = distanceOutside(after.position, workspace);
    const was = [before, commanded].map(({ position }) => distanceOutside(position, workspace));
    if (outside > Math.max(...was) + TINY) {
      this.#fail('target leaves the workspace', after.position);
    }
    const step = vec3Distance(before.position, after.position);
    if (!(step <= maxStepM + TINY)) this.#fail('step of the target', [step]);
    const turn = quatAngleBetween(before.orientation, after.orientation);
    if (!(turn <= maxStepRad + TINY)) this.#fail('turn of the target', [turn]);
  }

  #fail(what: string, found: ArrayLike<number>): void {
    this.#violationCount += 1;
    if (this.violations.length < MAX_KEPT) {
      this.violations.push(`${what}: ${Array.from(found).join(', ')}`);
    }
  }
}
