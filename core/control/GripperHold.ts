import { type StickyGripper, stickyGripper } from '../embodiment/stickyGripper.ts';
import type { PoppedAction } from '../execution/ActionQueue.ts';
import { GRIPPER_COLUMN } from './ArmMotion.ts';

/** Keeps a slow gripper at what it was told for some ticks, see `stickyGripper`; 0 ticks: not at all. */
export class GripperHold {
  readonly #ticks: number;
  #last: StickyGripper | undefined;

  constructor(ticks: number) {
    this.#ticks = ticks;
  }

  /** Call it once a tick: the action, with the opening that the gripper is to have. */
  apply(action: PoppedAction): PoppedAction {
    if (this.#ticks === 0) return action;
    const values = Float32Array.from(action.values);
    this.#last = stickyGripper(this.#last, values[GRIPPER_COLUMN]!, this.#ticks);
    values[GRIPPER_COLUMN] = this.#last.opening;
    return { ...action, values };
  }

  /** What comes next counts at once. */
  forget(): void {
    this.#last = undefined;
  }
}
