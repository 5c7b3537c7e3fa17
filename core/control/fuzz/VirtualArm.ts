import type { Random } from '../../math/random.ts';
import type { JointCommand } from '../ControllerOutput.ts';
import { CONTROL_PERIOD_SEC } from '../controlPeriod.ts';
import type { FuzzTemper } from './FuzzTemper.ts';

/** A real arm is faster than it may be told to go. */
const FASTER = 2;

/**
 * A position-controlled arm that is late: it moves to what it was told some periods ago, as fast as
 * it can, and holds that. While it does not listen, others move it; what it was told meanwhile is
 * lost, and it then holds where it is, as a controller that is switched on again does.
 */
export class VirtualArm {
  /** Where it truly is: arm joints, then the finger joint. */
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  /** Joints that do not move, whatever is commanded. */
  readonly blocked = new Set<number>();
  #listens = true;
  readonly #mostPerPeriod: Float64Array;
  readonly #sag: Float64Array;
  readonly #share: number;
  readonly #commanded: Float64Array[];
  #next: Float64Array;

  /** @param speeds velocity limits in the order of `start`, arm joints and finger */
  constructor(
    random: Random,
    temper: Pick<FuzzTemper, 'deadPeriods' | 'lagSec' | 'sagRad'>,
    start: ArrayLike<number>,
    speeds: readonly number[],
  ) {
    this.positions = Float64Array.from(start);
    this.velocities = new Float64Array(start.length);
    this.#mostPerPeriod = Float64Array.from(speeds, (v) => FASTER * v * CONTROL_PERIOD_SEC);
    this.#sag = Float64Array.from(start, (_, i) =>
      i < start.length - 1 ? random.uniform(-temper.sagRad, temper.sagRad) : 0,
    );
    const { lagSec } = temper;
    this.#share = lagSec > 0 ? 1 - Math.exp(-CONTROL_PERIOD_SEC / lagSec) : 1;
    this.#commanded = Array.from(
      { length: temper.deadPeriods },
      () => new Float64Array(start.length),
    );
    this.#next = new Float64Array(start.length);
    this.#holdHere();
  }

  /** Whether it follows its commands. */
  get listens(): boolean {
    return this.#listens;
  }

  set listens(listens: boolean) {
    if (listens && !this.#listens) this.#holdHere();
    this.#listens = listens;
  }

  /** What the controller sent in this period, if anything. */
  receive(command: JointCommand | undefined): void {
    if (command === undefined || !this.#listens) return;
    this.#next = Float64Array.of(...command.positions, command.gripperJointPosition);
  }

  /** One period. */
  step(): void {
    this.#commanded.push(this.#next);
    const aim = this.#commanded.shift()!;
    if (!this.#listens) return;
    for (let i = 0; i < this.positions.length; i++) {
      const most = this.#mostPerPeriod[i]!;
      const displacement = (aim[i]! + this.#sag[i]! - this.positions[i]!) * this.#share;
      const step = this.blocked.has(i) ? 0 : Math.min(most, Math.max(-most, displacement));
      this.positions[i]! += step;
      this.velocities[i] = step / CONTROL_PERIOD_SEC;
    }
  }

  /** Others bring it here within a period. */
  carry(positions: ArrayLike<number>): void {
    for (let i = 0; i < this.positions.length; i++) {
      this.velocities[i] = (positions[i]! - this.positions[i]!) / CONTROL_PERIOD_SEC;
      this.positions[i] = positions[i]!;
    }
  }

  #holdHere(): void {
    this.velocities.fill(0);
    this.#next = this.positions.map((q, i) => q - this.#sag[i]!);
    for (const commanded of this.#commanded) commanded.set(this.#next);
  }
}
