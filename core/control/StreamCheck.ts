import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import { armBounds, gripperBounds } from './armBounds.ts';
import type { GripperBounds, JointBounds } from './armBounds.ts';
import type { JointCommand } from './ControllerOutput.ts';
import { FingerCheck } from './FingerCheck.ts';
import type { Fail } from './FingerCheck.ts';
import type { ClearanceCheck } from './ClearanceCheck.ts';
import { TruthWindow } from './TruthWindow.ts';

/** Rounding errors. */
const TINY = 1e-9;
/** A speed at which an arm rests, rad/s, and an acceleration: what rounding leaves of braking. */
const REST_SPEED = 1e-6;
const REST_ACCELERATION = 1e-4;
/** What joint states tell is at most so old, s: stale after 0.25, and a period or two. */
const KNOWN_SEC = 0.3;
/** The arm is looked at for this long before commands begin, and has to rest within it for 0.1 s. */
const LOOKED_AT_SEC = 0.5;
const REST_SEC = 0.1;
const REST_RAD = 0.02;
/** How far from the arm commands may begin: by noise; and by sag and lag of an arm that holds them. */
const NOISE_RAD = 0.03;
const LAG_RAD = 0.1;
/** The same for the finger joint, as share of its stroke: fingers may hold something. */
const FINGER_SHARE = 0.15;
/** An arm that is handed back is not asked for more than it can do in this many periods. */
const HANDED_BACK_PERIODS = 3;
/** What may go unnoticed while commands move the arm, and it does not follow, rad. */
const FOLLOWING_RAD = 0.3;
/** More than that is known after this long: by an arm's own delay, the patience with it, late states. */
const NOTICED_SEC = 0.9;
/** How much nearer to something the place where commands begin may be than the arm itself, m. */
const NEARER_M = 0.02;

/**
 * Judges how commands begin, continue and end, against where the arm truly is: each stream of commands
 * begins at rest where the arm rests, and ends at rest; and none asks an arm that others hand back to
 * be elsewhere.
 */
export class StreamCheck {
  readonly #bounds: JointBounds;
  readonly #finger: GripperBounds;
  readonly #fingerCheck: FingerCheck;
  readonly #periodSec: number;
  readonly #fail: Fail;
  readonly #truth: TruthWindow;
  readonly #known: number;
  /** Where commands of this process ended; undefined before its first ones. */
  #end: JointCommand | undefined;
  #silent = 0;
  #othersHadIt = false;
  #listened = true;
  #still = 0;
  /** Where the finger has been since it had time to get where commands ended. */
  #fingerRange = { lower: Infinity, upper: -Infinity };
  /** Periods for which commands have been too far from an arm that does not follow them. */
  #away = 0;
  #handedBack:
    { periods: number; readonly tolerance: number; readonly hull: number[][] } | undefined;

  constructor(embodiment: Embodiment, urdf: UrdfModel, periodSec: number, fail: Fail) {
    this.#bounds = armBounds(embodiment, urdf);
    this.#finger = gripperBounds(embodiment, urdf);
    this.#fingerCheck = new FingerCheck(this.#finger, periodSec, fail);
    this.#periodSec = periodSec;
    this.#fail = fail;
    this.#known = Math.round(KNOWN_SEC / periodSec);
    this.#truth = new TruthWindow(Math.round(LOOKED_AT_SEC / periodSec));
  }

  arm(positions: ArrayLike<number>, listens: boolean): void {
    this.#truth.push(positions);
    if (this.#silent >= this.#known) {
      const finger = positions[this.#bounds.lower.length]!;
      const { lower, upper } = this.#fingerRange;
      this.#fingerRange = { lower: Math.min(lower, finger), upper: Math.max(upper, finger) };
    }
    if (!listens) {
      this.#othersHadIt = true;
      this.#handedBack = undefined;
    } else if (!this.#listened) this.#handBack();
    this.#listened = listens;
  }

  restart(): void {
    this.#end = undefined;
    this.#silent = 0;
  }

  /** @param last the command before, if there was one in the period before */
  silence(last: JointCommand | undefined): void {
    this.#silent += 1;
    this.#still += 1;
    this.#away = 0;
    if (this.#handedBack !== undefined) this.#handedBack.periods += 1;
    if (last === undefined) return;
    this.#end = last;
    this.#fingerRange = { lower: Infinity, upper: -Infinity };
    const { velocities, accelerations } = last;
    const moves = velocities.some((v) => Math.abs(v) > REST_SPEED);
    if (moves || accelerations.some((a) => Math.abs(a) > REST_ACCELERATION)) {
      this.#fail('silent in motion', last.velocities);
    }
    this.#fingerCheck.silence(last);
  }

  begin(command: JointCommand): void {
    if (this.#truth.isEmpty) throw new Error('CommandCheck: expected arm() before output()');
    const dt = this.#periodSec;
    const { jerk } = this.#bounds;
    command.positions.forEach((q, i) => {
      const [v, a] = [command.velocities[i]!, command.accelerations[i]!];
      const fromRest = Math.abs(a) <= jerk[i]! * dt + TINY && Math.abs(v - (a * dt) / 2) <= TINY;
      if (!fromRest) this.#fail(`joint ${i} begins in motion`, [v, a]);
      this.#checkInside(i, q, this.#excessOfArm(i) + NOISE_RAD);
    });
    this.#checkPlace(command);
    this.#fingerCheck.begin(command);
    this.#checkHandedBack(command);
    this.#othersHadIt = false;
    this.#silent = 0;
    this.#still = 0;
  }

  advance(last: JointCommand, command: JointCommand): void {
    let isStill = true;
    command.positions.forEach((q, i) => {
      const before = last.positions[i]!;
      this.#checkInside(i, q, this.#excess(i, before));
      isStill &&= Math.abs(q - before) < 1e-6;
    });
    this.#still = isStill ? this.#still + 1 : 0;
    this.#fingerCheck.advance(last, command);
    this.#checkHandedBack(command);
    this.#away = !this.#listened && this.#isAway(command) ? this.#away + 1 : 0;
    if (this.#listened) this.#othersHadIt = false;
  }

  /** Whether the arm itself was as near to something when commands began there. */
  wasAsNear(clearance: ClearanceCheck): boolean {
    const places = [0, this.#known].map((periods) => this.#truth.ago(periods));
    const arm = this.#bounds.lower.length;
    return places.some((place) => clearance.isAsNear(place.subarray(0, arm), NEARER_M));
  }

  #checkPlace(command: JointCommand): void {
    const isNew = this.#end === undefined || this.#othersHadIt;
    const most = isNew ? NOISE_RAD : LAG_RAD;
    command.positions.forEach((q, i) => {
      const off = this.#truth.distance(i, q, this.#known);
      if (!(off <= most)) this.#fail(`joint ${i} begins away from the arm by`, [off]);
    });
    this.#checkFingerPlace(command);
    const restPeriods = Math.round(REST_SEC / this.#periodSec);
    if (isNew && !this.#truth.rested(command.positions.length, restPeriods, REST_RAD)) {
      this.#fail('begins while the arm is moved', command.positions);
    }
    if (!isNew) this.#checkDisplacement(this.#end!, command);
  }

  /** A finger that something keeps from where it was commanded to be keeps its command. */
  #checkFingerPlace({ positions, gripperJointPosition }: JointCommand): void {
    const finger = positions.length;
    const most = FINGER_SHARE * (this.#finger.upper - this.#finger.lower);
    if (this.#end !== undefined) {
      if (!this.#othersHadIt) return;
      const firstStep = (this.#finger.acceleration * this.#periodSec ** 2) / 2 + TINY;
      const isSame = Math.abs(gripperJointPosition - this.#end.gripperJointPosition) <= firstStep;
      if (isSame && this.#fingerRange.upper - this.#fingerRange.lower <= most) return;
    }
    const off = this.#truth.distance(finger, gripperJointPosition, this.#known);
    if (!(off <= most)) this.#fail('gripper begins away from the arm by', [off]);
  }

  /** From rest to rest in the time of the silence. */
  #checkDisplacement(end: JointCommand, command: JointCommand): void {
    const t = (this.#silent + 1) * this.#periodSec;
    const { velocity, acceleration, jerk } = this.#bounds;
    command.positions.forEach((q, i) => {
      const distance = Math.abs(q - end.positions[i]!);
      const most = Math.min(
        velocity[i]! * t,
        (acceleration[i]! * t * t) / 4,
        (jerk[i]! * t ** 3) / 32,
      );
      if (!(distance <= most + TINY))
        this.#fail(`joint ${i} jumps over a silence of ${t} s by`, [distance]);
    });
    const { velocity: fastest, acceleration: most } = this.#finger;
    const distance = Math.abs(command.gripperJointPosition - end.gripperJointPosition);
    if (!(distance <= Math.min(fastest * t, (most * t * t) / 4) + TINY)) {
      this.#fail(`gripper jumps over a silence of ${t} s by`, [distance]);
    }
  }

  #isAway({ positions }: JointCommand): boolean {
    return positions.some((q, i) => this.#truth.distance(i, q, this.#known) > FOLLOWING_RAD);
  }

  #handBack(): void {
    const joints = Array.from(this.#bounds.lower, (_, i) => this.#truth.range(i, this.#known));
    const rested = this.#still >= Math.round(LOOKED_AT_SEC / this.#periodSec);
    const isUnnoticed = this.#away > 0 && this.#away * this.#periodSec <= NOTICED_SEC;
    this.#away = 0;
    if (isUnnoticed && !rested) return;
    this.#handedBack = {
      periods: 0,
      tolerance: rested ? NOISE_RAD : FOLLOWING_RAD,
      hull: joints.map(({ lower, upper }) => [lower, upper]),
    };
  }

  /** For a while an arm that was handed back is not asked to be elsewhere. */
  #checkHandedBack({ positions }: JointCommand): void {
    const handedBack = this.#handedBack;
    if (handedBack === undefined) return;
    const { periods, tolerance, hull } = handedBack;
    const time = (periods + HANDED_BACK_PERIODS) * this.#periodSec;
    positions.forEach((q, i) => {
      const [lower, upper] = hull[i]!;
      const off = Math.max(0, lower! - q, q - upper!);
      if (!(off <= tolerance + this.#bounds.velocity[i]! * time)) {
        this.#fail(`joint ${i} takes an arm back that was handed over, by`, [off]);
      }
    });
    handedBack.periods += 1;
    if (handedBack.periods > this.#known) this.#handedBack = undefined;
  }

  #checkInside(i: number, q: number, mostOutside: number): void {
    if (!(this.#excess(i, q) <= mostOutside + TINY)) this.#fail(`position of joint ${i}`, [q]);
  }

  #excess(i: number, q: number): number {
    return Math.max(0, this.#bounds.lower[i]! - q, q - this.#bounds.upper[i]!);
  }

  /** How far the arm itself is outside of a joint's range. */
  #excessOfArm(i: number): number {
    const { lower, upper } = this.#truth.range(i, this.#known);
    return Math.max(this.#excess(i, lower), this.#excess(i, upper));
  }
}
