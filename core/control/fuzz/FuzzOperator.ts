import { nsOf } from '../../math/time.ts';
import type { Random } from '../../math/random.ts';
import { MIN_SPEED_SCALE } from '../speedScale.ts';
import { CONTROL_PERIOD_SEC } from '../controlPeriod.ts';
import type { FuzzTemper } from './FuzzTemper.ts';
import { Agenda } from './FuzzWorld.ts';
import type { FuzzWorld } from './FuzzWorld.ts';

/** A stop or a fault is ended after at most this many periods. */
const LONGEST_STOP = 150;
/** An arm that is switched off has come to rest after this many periods. */
const LONGEST_BRAKING = 150;
/** A process that is started again needs at most this many periods until it steps. */
const LONGEST_AWAY = 75;

/** What people, clocks and the operating system do to the controller, whenever it is. */
export class FuzzOperator {
  restarts = 0;
  readonly #random: Random;
  readonly #temper: FuzzTemper;
  readonly #agenda = new Agenda();
  #nextResume = 0;

  constructor(random: Random, temper: FuzzTemper) {
    this.#random = random;
    this.#temper = temper;
  }

  /** One period, before the controller's. */
  step(world: FuzzWorld): void {
    this.#agenda.run(world.period);
    const random = this.#random;
    const { operatorPerSec, clockJumpsPerSec, restartsPerSec, pausesPerSec } = this.#temper;
    const happens = (perSec: number): boolean => random.uniform() < perSec * CONTROL_PERIOD_SEC;
    if (happens(operatorPerSec)) this.#act(world);
    if (happens(clockJumpsPerSec)) {
      const sec = random.pick([random.int(20) - 8, random.uniform(-0.5, 0.5), 0.05, -0.05]);
      world.clockOffsetNs += nsOf(sec);
    }
    // faults latch: an operator who looks ends them, or nothing moves any more
    if (world.period >= this.#nextResume) {
      this.#nextResume = world.period + 1 + random.int(2 * LONGEST_STOP);
      resume(world);
    }
    if (world.awayUntil > world.period) return;
    if (happens(restartsPerSec)) {
      this.restarts += 1;
      world.awayUntil = world.period + 3 + random.int(LONGEST_AWAY);
      world.isNewProcess = true;
    }
    if (happens(pausesPerSec) && !world.isInactive) this.#pause(world);
  }

  #act(world: FuzzWorld): void {
    const random = this.#random;
    const soon = (act: () => void): void => {
      this.#agenda.at(world.period + random.int(LONGEST_STOP), act);
    };
    random.pick([
      () => {
        world.controller.stop('fuzz');
        soon(() => resume(world));
      },
      () => resume(world),
      () => world.controller.reset(),
      () => world.controller.reset(),
      () => {
        world.driverFault = 'a motor is in error';
        soon(() => (world.driverFault = undefined));
        soon(() => resume(world));
      },
      () => {
        world.inhibition ??= 'the arm is switched off';
        soon(() => (world.inhibition = undefined));
      },
      () => {
        setSpeed(world, random.pick([1, 1, 0.5, random.uniform(MIN_SPEED_SCALE, 1)]));
        soon(() => setSpeed(world, 1));
      },
      () => {
        const { controller } = world;
        controller.newEpoch(random.pick([controller.epoch + 1, 0, NaN, -3]));
      },
    ])();
  }

  /** Deactivated, and activated again some time later. */
  #pause(world: FuzzWorld): void {
    const { controller } = world;
    world.isInactive = true;
    controller.stop('deactivated');
    this.#agenda.at(world.period + LONGEST_BRAKING, () => {
      if (world.controller !== controller || world.isNewProcess) return;
      world.awayUntil = world.period + 1 + this.#random.int(LONGEST_STOP);
      this.#agenda.at(world.awayUntil, () => {
        world.isInactive = false;
        world.controller.reset();
        world.controller.resume();
      });
    });
  }
}

function resume(world: FuzzWorld): void {
  if (!world.isInactive) world.controller.resume();
}

function setSpeed(world: FuzzWorld, scale: number): void {
  world.speedScale = scale;
  world.controller.setSpeedScale(scale);
}
