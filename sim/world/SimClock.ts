import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import { tickAt } from '../../core/execution/tickPeriods.ts';
import { nsOf } from '../../core/math/time.ts';
import { TIMESTEP_SEC } from './mjcf.ts';

/** Virtual time of an episode, in steps of the solver, and the policy periods in it. */
export class SimClock {
  readonly #tickSec: number;
  #steps = 0;
  /** When the first tick begins; undefined while it waits for `start`. */
  #startStep: number | undefined = 0;

  constructor(tickSec: number) {
    this.#tickSec = tickSec;
  }

  reset(): void {
    this.#steps = 0;
    this.#startStep = 0;
  }

  /** No tick passes before `start`. */
  waitForStart(): void {
    this.#startStep = undefined;
  }

  start(): void {
    this.#startStep ??= this.#steps;
  }

  get timeNs(): bigint {
    return BigInt(this.#steps) * nsOf(TIMESTEP_SEC);
  }

  /**
   * Passes some steps of the solver.
   *
   * @returns the tick that it is now; undefined before the start
   */
  advance(steps: number): number | undefined {
    this.#steps += steps;
    if (this.#startStep === undefined) return undefined;
    const sinceStartSec = (this.#steps - this.#startStep) * TIMESTEP_SEC;
    return tickAt(sinceStartSec, this.#tickSec, CONTROL_PERIOD_SEC);
  }
}
