import type { Embodiment } from '../../embodiment/Embodiment.ts';
import type { Random } from '../../math/random.ts';
import { CONTROL_PERIOD_SEC } from '../controlPeriod.ts';
import type { FuzzTemper } from './FuzzTemper.ts';
import { Agenda } from './FuzzWorld.ts';
import type { FuzzWorld } from './FuzzWorld.ts';
import { randomPose } from './randomPose.ts';
import type { ArmRange } from './randomPose.ts';

/** Others move joints no faster than this, rad/s; and hold the arm for this long if they do not say so. */
const OTHERS_SPEED = 1;
const UNANNOUNCED_PERIODS = 60;
/** A simulator drives home for this long after a reset. */
const HOMING_PERIODS = 25;

type Move = { readonly from: Float64Array; readonly to: Float64Array; readonly periods: number };

/**
 * What others do to the arm: another controller moves it and hands it back, a person pushes it, a
 * simulator is reset, its motors lose their torque and it sinks, a joint is blocked.
 *
 * Others who do not announce themselves hold the arm for more than a second: what cannot be known is no
 * fault of the controller.
 */
export class ArmAccidents {
  #move: Move | undefined;
  #moved = 0;
  readonly #random: Random;
  readonly #temper: FuzzTemper;
  readonly #embodiment: Embodiment;
  readonly #range: ArmRange;
  readonly #agenda = new Agenda();
  #freeFrom = 0;

  constructor(random: Random, temper: FuzzTemper, embodiment: Embodiment, range: ArmRange) {
    this.#random = random;
    this.#temper = temper;
    this.#embodiment = embodiment;
    this.#range = range;
  }

  /** The arm is being driven home by others when the episode begins. */
  beginDriven(world: FuzzWorld): void {
    const periods = 5 + this.#random.int(HOMING_PERIODS);
    world.arm.listens = false;
    this.#go(world, this.#home(world), periods);
    const end = periods + 5;
    this.#agenda.at(end, () => (world.arm.listens = true));
    this.#freeFrom = end;
  }

  /** One period; at most one accident at a time. */
  step(world: FuzzWorld): void {
    this.#agenda.run(world.period);
    this.#advance(world);
    const { accidentsPerSec } = this.#temper;
    if (world.period < this.#freeFrom) return;
    if (this.#random.uniform() >= accidentsPerSec * CONTROL_PERIOD_SEC) return;
    this.#random.pick([
      () => this.#handOver(world),
      () => this.#handOver(world),
      () => this.#resetSimulator(world),
      () => this.#goLimp(world),
      () => this.#block(world),
    ])();
  }

  #handOver(world: FuzzWorld): void {
    const random = this.#random;
    const isAnnounced = random.uniform() < 0.5;
    world.arm.listens = false;
    if (isAnnounced) {
      this.#later(
        world,
        random.int(6),
        () => (world.inhibition = 'another controller has the arm'),
      );
    }
    const goal = random.pick([
      () => this.#nudged(world),
      () => this.#nudged(world),
      () => this.#home(world),
      () => randomPose(random, this.#embodiment, this.#range),
    ])();
    const wait = random.pick([0, random.int(30)]);
    const periods = this.#periodsTo(world, goal);
    this.#later(world, wait, () => this.#go(world, goal, periods));
    // some hand it back before it rests
    const rest = random.pick([-20, 0, 5 + random.int(50)]);
    const most = isAnnounced ? 0 : UNANNOUNCED_PERIODS;
    this.#handBack(world, Math.max(most, wait + periods + rest), () => {
      this.#later(world, random.int(11), () => (world.inhibition = undefined));
    });
  }

  #resetSimulator(world: FuzzWorld): void {
    const random = this.#random;
    world.arm.listens = false;
    world.arm.carry(randomPose(random, this.#embodiment, this.#range));
    const homing = random.int(HOMING_PERIODS);
    if (homing > 0) this.#go(world, this.#home(world), homing);
    if (random.uniform() < 0.7) {
      this.#later(world, random.int(10), () => world.controller.reset());
    }
    this.#handBack(world, UNANNOUNCED_PERIODS + random.int(20));
  }

  #goLimp(world: FuzzWorld): void {
    const random = this.#random;
    const isReported = random.uniform() < 0.6;
    const lost = 'torque is off';
    world.arm.listens = false;
    if (isReported) this.#later(world, random.int(15), () => (world.driverFault = lost));
    const goal = this.#nudged(world);
    const periods = 2 * this.#periodsTo(world, goal);
    this.#go(world, goal, periods);
    const most = Math.max(UNANNOUNCED_PERIODS, periods + 5 + random.int(50));
    this.#handBack(world, most, () => {
      this.#later(world, random.int(10), () => (world.driverFault = undefined));
    });
  }

  #block(world: FuzzWorld): void {
    const { blocked } = world.arm;
    blocked.add(this.#random.int(world.arm.positions.length));
    const periods = 10 + this.#random.int(90);
    this.#freeFrom = world.period + periods;
    this.#later(world, periods, () => blocked.clear());
  }

  #handBack(world: FuzzWorld, afterPeriods: number, then: () => void = () => undefined): void {
    this.#freeFrom = world.period + afterPeriods + 20;
    this.#later(world, afterPeriods, () => {
      world.arm.listens = true;
      then();
    });
  }

  #later(world: FuzzWorld, periods: number, act: () => void): void {
    this.#agenda.at(world.period + periods, act);
  }

  #go({ arm }: FuzzWorld, to: Float64Array, periods: number): void {
    this.#move = { from: arm.positions.slice(), to, periods: Math.max(1, periods) };
    this.#moved = 0;
  }

  /** The way of least jerk; slow enough for `OTHERS_SPEED` at its peak, and at least 0.2 s. */
  #periodsTo({ arm }: FuzzWorld, goal: Float64Array): number {
    const distance = Math.max(...goal.map((q, i) => Math.abs(q - arm.positions[i]!)));
    return Math.max(10, Math.ceil((1.875 * distance) / OTHERS_SPEED / CONTROL_PERIOD_SEC));
  }

  #advance({ arm }: FuzzWorld): void {
    if (arm.listens) return;
    const move = this.#move;
    if (move === undefined) {
      arm.velocities.fill(0);
      return;
    }
    this.#moved += 1;
    const s = Math.min(1, this.#moved / move.periods);
    const share = s * s * s * (10 - 15 * s + 6 * s * s);
    arm.carry(move.from.map((q, i) => q + (move.to[i]! - q) * share));
    if (s === 1) this.#move = undefined;
  }

  /** Some joints by 0.03 to 0.4 rad, within what the arm can reach. */
  #nudged({ arm }: FuzzWorld): Float64Array {
    const random = this.#random;
    const { lower, upper } = this.#range;
    const goal = arm.positions.slice();
    for (let k = 1 + random.int(3); k > 0; k--) {
      const i = random.int(goal.length - 1);
      const to = goal[i]! + random.pick([-1, 1]) * random.uniform(0.03, 0.4);
      goal[i] = Math.min(upper[i]!, Math.max(lower[i]!, to));
    }
    return goal;
  }

  #home({ arm }: FuzzWorld): Float64Array {
    const finger = arm.positions.length - 1;
    return Float64Array.of(...this.#embodiment.homeJoints, arm.positions[finger]!);
  }
}
