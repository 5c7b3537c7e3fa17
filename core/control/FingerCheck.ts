import type { GripperBounds } from './armBounds.ts';
import type { JointCommand } from './ControllerOutput.ts';

/** Takes note of a violation. */
export type Fail = (what: string, found: ArrayLike<number>) => void;

/** Rounding errors. */
const TINY = 1e-9;
/** A speed at which it rests, m/s: what rounding leaves of braking. */
const REST_SPEED = 1e-6;

/**
 * Judges the commands to a finger joint, period by period: velocity and acceleration within limits from
 * rest to rest, by positions alone; the stroke is not left; the velocity that is told is that of the
 * positions.
 */
export class FingerCheck {
  readonly #bounds: GripperBounds;
  readonly #periodSec: number;
  readonly #fail: Fail;
  /** How far it went in the last period; undefined in the first one. */
  #step: number | undefined;

  constructor(bounds: GripperBounds, periodSec: number, fail: Fail) {
    this.#bounds = bounds;
    this.#periodSec = periodSec;
    this.#fail = fail;
  }

  begin({ gripperJointVelocity }: JointCommand): void {
    this.#step = undefined;
    const most = this.#bounds.acceleration * this.#periodSec + TINY;
    if (!(Math.abs(gripperJointVelocity) <= most)) {
      this.#fail('gripper begins in motion', [gripperJointVelocity]);
    }
  }

  advance(last: JointCommand, command: JointCommand): void {
    const { lower, upper, velocity, acceleration } = this.#bounds;
    const dt = this.#periodSec;
    const [before, now] = [last.gripperJointPosition, command.gripperJointPosition];
    const step = now - before;
    const excess = (q: number): number => Math.max(0, lower - q, q - upper);
    if (!(excess(now) <= excess(before) + TINY)) this.#fail('gripper leaves its stroke', [now]);
    if (!(Math.abs(step) <= velocity * dt + TINY)) this.#fail('gripper velocity', [step / dt]);
    // the first step may have begun in the period of the first command
    const change = Math.abs(step - (this.#step ?? 0));
    const most = (this.#step === undefined ? 1.5 : 1) * acceleration * dt * dt;
    if (!(change <= most + TINY)) this.#fail('gripper acceleration', [change / dt / dt]);
    const commanded = ((last.gripperJointVelocity + command.gripperJointVelocity) / 2) * dt;
    if (!(Math.abs(step - commanded) <= TINY)) {
      this.#fail('gripper velocity that is told', [command.gripperJointVelocity, step / dt]);
    }
    this.#step = step;
  }

  /** @param last the last command, after which there is silence */
  silence({ gripperJointVelocity }: JointCommand): void {
    const step = Math.abs(this.#step ?? 0);
    const most = (this.#bounds.acceleration * this.#periodSec ** 2) / 2;
    const isMoving = Math.abs(gripperJointVelocity) > REST_SPEED;
    if (step > most + REST_SPEED * this.#periodSec || isMoving) {
      this.#fail('silent while the gripper moves', [step / this.#periodSec, gripperJointVelocity]);
    }
  }
}
