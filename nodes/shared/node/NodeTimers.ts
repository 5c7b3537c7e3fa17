import '../process/requireRos.ts';
import { nsOf } from '../../../core/math/time.ts';
import rclnodejs, { type Clock as RosClock, type Node } from 'rclnodejs';
import { PunctualTimer } from './PunctualTimer.ts';

const { Clock, ClockType } = rclnodejs;

/** The timers of a node, which are silent unless it is active. Callbacks must not throw. */
export class NodeTimers {
  readonly #node: Pick<Node, 'createTimer'> & { readonly usesSimulatedTime: boolean };
  readonly #punctual: PunctualTimer[] = [];
  #steadyClock: RosClock | undefined;
  #isActive = false;

  constructor(node: Pick<Node, 'createTimer'> & { readonly usesSimulatedTime: boolean }) {
    this.#node = node;
  }

  set isActive(active: boolean) {
    this.#isActive = active;
    for (const timer of this.#punctual) {
      if (active) timer.start();
      else timer.stop();
    }
  }

  /** By simulated time if the node uses it and `clock` is not `steady`, else by a steady clock. */
  every(periodSec: number, callback: () => void, clock: 'ros' | 'steady'): void {
    const isSteady = clock === 'steady' || !this.#node.usesSimulatedTime;
    // A timer's clock must outlive it, and rclnodejs does not see to that.
    if (isSteady) this.#steadyClock ??= new Clock(ClockType.STEADY_TIME);
    this.#node.createTimer(
      nsOf(periodSec),
      () => {
        if (this.#isActive) callback();
      },
      isSteady ? this.#steadyClock : null,
    );
  }

  /** Past the executor, to the millisecond; with simulated time the same as `every`. */
  everyPunctually(periodSec: number, callback: () => void): void {
    if (this.#node.usesSimulatedTime) this.every(periodSec, callback, 'ros');
    else this.#punctual.push(new PunctualTimer(periodSec * 1000, callback));
  }
}
