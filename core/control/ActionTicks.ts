import type { ActionQueue, PoppedAction } from '../execution/ActionQueue.ts';
import type { Pose } from '../math/types.ts';
import type { ArmMotion } from './ArmMotion.ts';
import { GripperHold } from './GripperHold.ts';
import type { TickClock } from './TickClock.ts';

type Parts = {
  readonly queue: ActionQueue;
  readonly clock: TickClock;
  readonly motion: ArmMotion;
  /** Ticks for which a change of the gripper holds. */
  readonly gripperHoldTicks: number;
  readonly periodSec: number;
};

/** Takes an action from the queue at each tick, and lets the arm move to it during the tick. */
export class ActionTicks {
  readonly #queue: ActionQueue;
  readonly #clock: TickClock;
  readonly #motion: ArmMotion;
  readonly #gripperHold: GripperHold;
  readonly #periodNs: number;
  #action: PoppedAction | undefined;

  constructor({ queue, clock, motion, gripperHoldTicks, periodSec }: Parts) {
    this.#queue = queue;
    this.#clock = clock;
    this.#motion = motion;
    this.#gripperHold = new GripperHold(gripperHoldTicks);
    this.#periodNs = periodSec * 1e9;
  }

  /** Of the running tick; undefined where none runs. */
  get action(): PoppedAction | undefined {
    return this.#action;
  }

  /** Drops what is queued; the running tick ends where it leads. */
  forget(): void {
    this.#queue.clear();
    this.#gripperHold.forget();
    this.#motion.stopAtTarget();
  }

  /** Ends the running tick; the next one begins whenever there is an action for it. */
  idle(): void {
    this.#clock.idle();
    this.#action = undefined;
  }

  /**
   * One period: continues with the running tick, begins the next one, or settles if there is none.
   *
   * @param measured where the end effector is
   * @returns false where there was nothing to execute
   */
  step(nowNs: bigint, measured: Pose): boolean {
    if (this.#periodsLeft(nowNs) < 1) this.#begin(nowNs, measured);
    if (this.#action === undefined) {
      this.#motion.settle();
      return false;
    }
    this.#motion.stepTowardsTarget(Math.max(1, this.#periodsLeft(nowNs)));
    return true;
  }

  /** Periods until the running tick ends, rounded; 0 where none runs. */
  #periodsLeft(nowNs: bigint): number {
    const { endNs } = this.#clock;
    return endNs === undefined ? 0 : Math.round(Number(endNs - nowNs) / this.#periodNs);
  }

  #begin(nowNs: bigint, measured: Pose): void {
    const popped = this.#queue.pop(this.#clock.next);
    if (popped === undefined) {
      this.idle();
      return;
    }
    this.#clock.begin(nowNs);
    this.#action = this.#gripperHold.apply(popped);
    const following = this.#queue.peek(this.#clock.next);
    this.#motion.beginTick(this.#action.values, following?.values, measured);
  }
}
