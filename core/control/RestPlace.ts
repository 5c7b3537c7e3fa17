import type { ArmMotion } from './ArmMotion.ts';
import type { JointMonitor } from './JointMonitor.ts';

/** An arm that moves this far from where it rested was moved by others, rad. */
const LEFT_REST_RAD = 0.02;
/** The same of the finger joint, as a share of its stroke; counts while nothing is sent. */
const GRIPPER_LEFT_REST = 0.1;

/** Where arm and gripper rested under a resting command, by which it is seen that others move them. */
export class RestPlace {
  readonly #monitor: JointMonitor;
  readonly #motion: ArmMotion;
  readonly #pose: Float64Array;
  #hasPose = false;
  #gripper: number | undefined;

  constructor(monitor: JointMonitor, motion: ArmMotion) {
    this.#monitor = monitor;
    this.#motion = motion;
    this.#pose = new Float64Array(monitor.joints.length);
  }

  /** Whether the arm was seen at rest since the command rests. */
  get isKnown(): boolean {
    return this.#hasPose;
  }

  /** Whether the gripper was. */
  get isGripperKnown(): boolean {
    return this.#gripper !== undefined;
  }

  /**
   * Takes where the arm is, and the gripper if its command rests, too.
   *
   * @param isFollowed false for a recording, whose arm rests by no command
   */
  remember(isFollowed: boolean): void {
    this.#pose.set(this.#monitor.joints);
    if (this.#motion.isStill) this.#gripper = this.#monitor.gripperPosition;
    this.#hasPose = isFollowed;
  }

  /** Takes where the gripper is, which may come to rest later than the arm. */
  rememberGripper(restNs: bigint | undefined): void {
    if (this.#gripper !== undefined || restNs === undefined) return;
    if (this.#monitor.rest.hasRested(restNs)) this.#gripper = this.#monitor.gripperPosition;
  }

  /** The command moves the arm, or its place no longer counts. */
  forgetArm(): void {
    this.#hasPose = false;
  }

  /** The command moves arm or gripper. */
  forgetGripper(): void {
    this.#gripper = undefined;
  }

  /** @param isQuiet nothing is sent, so that the gripper should stay, too */
  hasLeft(isQuiet: boolean): boolean {
    if (this.#monitor.distanceTo(this.#pose) > LEFT_REST_RAD) return true;
    return isQuiet && this.hasGripperLeft();
  }

  /** False while the gripper's place is unknown. */
  hasGripperLeft(): boolean {
    if (this.#gripper === undefined) return false;
    const distance = Math.abs(this.#monitor.gripperPosition - this.#gripper);
    return distance > GRIPPER_LEFT_REST * this.#motion.gripperStroke;
  }
}
