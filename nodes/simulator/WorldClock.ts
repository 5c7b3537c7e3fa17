import { nsOf } from '../../core/math/time.ts';
import { TIMESTEP_SEC } from '../../sim/world/mjcf.ts';

/** The arm's own clock is set where it is off by more than this, ns. */
const MAX_OFFSET_NS = 40_000_000n;

export type WorldClockOptions = {
  /** Of a step of the world, also of the simulated clock. */
  readonly stepSec: number;
  /** Simulated seconds that pass in a second. */
  readonly realTimeFactor: number;
  /** Others go by simulated time; else by that of the system. */
  readonly isPublished: boolean;
  /** The time of the system. */
  systemNs(): bigint;
};

/**
 * The time of a simulated world: its own, and that by which others stamp what they send. The arm is
 * updated once each step of the solver, and by the second of them: a clock that passes evenly also
 * where steps are made late and at once.
 */
export class WorldClock {
  readonly stepSec: number;
  readonly isPublished: boolean;
  /** Between two updates of the arm by its clock, s. */
  readonly updateSec: number;
  readonly #options: WorldClockOptions;
  readonly #stepNs: bigint;
  readonly #updatePeriodNs: bigint;
  /** Continues through resets, as a clock must. */
  #simulatedNs = 0n;
  #armNs = 0n;

  constructor(options: WorldClockOptions) {
    const { stepSec, realTimeFactor, isPublished } = options;
    this.stepSec = stepSec;
    this.isPublished = isPublished;
    this.updateSec = isPublished ? TIMESTEP_SEC : TIMESTEP_SEC / realTimeFactor;
    this.#options = options;
    this.#stepNs = nsOf(stepSec);
    this.#updatePeriodNs = nsOf(this.updateSec);
  }

  get simulatedNs(): bigint {
    return this.#simulatedNs;
  }

  /** What messages are stamped with now. */
  get stampNs(): bigint {
    return this.isPublished ? this.#simulatedNs : this.#options.systemNs();
  }

  /** The arm's clock at an update of the present step. */
  updateNs(update: number): bigint {
    return this.#armNs + BigInt(update) * this.#updatePeriodNs;
  }

  beginStep(): void {
    if (this.isPublished) this.#armNs = this.#simulatedNs;
    else {
      const systemNs = this.#options.systemNs();
      const off = systemNs - this.#armNs;
      if (off > MAX_OFFSET_NS || off < -MAX_OFFSET_NS) this.#armNs = systemNs;
    }
  }

  endStep(): void {
    this.#simulatedNs += this.#stepNs;
    this.#armNs = this.updateNs(Math.round(this.stepSec / TIMESTEP_SEC));
  }
}
