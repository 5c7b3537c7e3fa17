import type { ArmMotion } from './ArmMotion.ts';
import type { JointMonitor } from './JointMonitor.ts';

/** Going on with the last command is smooth as long as the arm is this close to it, rad. */
const REANCHOR_RAD = 0.15;
/** During a fault the command is to be where the arm is, so that nothing pushes or jumps later. */
const RELAXED_RAD = 0.01;

/** Where commands go on from: where the arm is, at first and after others may have moved it. */
export class ArmAnchor {
  readonly #monitor: JointMonitor;
  readonly #motion: ArmMotion;
  #isSet = false;
  #suspectMoved = false;

  constructor(monitor: JointMonitor, motion: ArmMotion) {
    this.#monitor = monitor;
    this.#motion = motion;
  }

  /** Commands continue from the arm's position; false until that is known. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** The next joint state tells anew where the arm is. */
  lose(): void {
    this.#isSet = false;
  }

  /** Others may have moved the arm: it is compared with its command before that goes on. */
  suspect(): void {
    this.#suspectMoved = true;
  }

  /** With fresh joint states: loses the anchor where others moved the arm, and says so. */
  loseIfMoved(isFault: boolean): boolean {
    const wasMoved = this.#suspectMoved && this.#isSet && this.#isElsewhere(isFault);
    if (wasMoved) this.#isSet = false;
    this.#suspectMoved = false;
    return wasMoved;
  }

  /** With fresh joint states: begins where the arm is, unless that is known. Why not, if so. */
  set(): string | undefined {
    if (this.#isSet) return undefined;
    const misplaced = this.#monitor.outsideLimits();
    if (misplaced !== undefined) return misplaced;
    this.#motion.anchor(this.#monitor.joints, this.#monitor.gripperPosition);
    this.#isSet = true;
    return undefined;
  }

  /** The arm is not where it was commanded to be; in a fault that counts once the command rests. */
  #isElsewhere(isFault: boolean): boolean {
    const { positions, velocities } = this.#motion.command();
    const distance = this.#monitor.distanceTo(positions);
    if (!isFault) return distance > REANCHOR_RAD;
    return distance > RELAXED_RAD && velocities.every((velocity) => velocity === 0);
  }
}
