import type { Goal } from '../../sim/world/Scene.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';

/** How a goal was missed, by the world's own state. */
export type Failure =
  | 'never gripped'
  | 'lost on the way'
  | 'still held'
  | 'put beside the target'
  | 'touches something else'
  | 'drawer never moved'
  | 'drawer moved too little';

/** How an episode ended; with two goals, which one was missed first. */
export type Outcome = 'success' | Failure | `${'first' | 'second'}: ${Failure}`;

/** How far a drawer must have moved to count as moved, metres. */
const MOVED_M = 0.01;

/** Follows an episode, so that a failure has a name. */
export class OutcomeWatch {
  readonly #world: SimWorld;
  /** One for each goal that was given so far. */
  readonly #watches: GoalWatch[] = [];

  constructor(world: SimWorld) {
    this.#world = world;
    this.#present();
  }

  /** Call it after every tick. */
  watch(): void {
    this.#present().watch();
  }

  /** Judges the last tick. */
  judge(): Outcome {
    if (this.#world.success()) return 'success';
    const present = this.#present();
    const missed = this.#world.verdicts().findIndex(({ isMet }) => !isMet);
    const failure = (this.#watches[missed] ?? present).failure();
    if (this.#watches.length < 2) return failure;
    return missed === 0 ? `first: ${failure}` : `second: ${failure}`;
  }

  #present(): GoalWatch {
    const { goal } = this.#world.scene;
    const last = this.#watches.at(-1);
    if (last?.goal === goal) return last;
    last?.end(this.#world.verdicts()[0]?.isMet ?? false);
    const watch = new GoalWatch(this.#world, goal);
    this.#watches.push(watch);
    return watch;
  }
}

/** Follows one goal while it is the present one. */
class GoalWatch {
  readonly goal: Goal;
  readonly #world: SimWorld;
  readonly #startOpenM: number;
  #gripped = false;
  #reachedTarget = false;
  /** How it was missed when its time was over. */
  #failure: Failure | undefined;

  constructor(world: SimWorld, goal: Goal) {
    this.#world = world;
    this.goal = goal;
    this.#startOpenM = 'drawer' in goal ? world.drawerOpenM(goal.drawer) : 0;
  }

  watch(): void {
    const { gripped, sourceTouchesTarget } = this.#world.contacts(this.goal);
    this.#gripped ||= gripped;
    this.#reachedTarget ||= this.#gripped && sourceTouchesTarget;
  }

  /** Another goal takes its place. What is undone later on is judged at the end. */
  end(isMet: boolean): void {
    if (!isMet) this.#failure = this.failure();
  }

  failure(): Failure {
    return this.#failure ?? this.#drawerFailure() ?? this.#objectFailure();
  }

  #objectFailure(): Failure {
    const { gripped, sourceTouchesTarget } = this.#world.contacts(this.goal);
    if (!this.#gripped) return 'never gripped';
    if (this.goal.kind === 'pick') return 'lost on the way';
    if (gripped) return 'still held';
    if (sourceTouchesTarget) return 'touches something else';
    return this.#reachedTarget ? 'put beside the target' : 'lost on the way';
  }

  /** What is wrong with a drawer that had to be moved for the goal, if anything is. */
  #drawerFailure(): Failure | undefined {
    const { goal } = this;
    if (!('drawer' in goal)) return undefined;
    const movedM = Math.abs(this.#world.drawerOpenM(goal.drawer) - this.#startOpenM);
    if (movedM < MOVED_M) return 'drawer never moved';
    return goal.kind === 'store' ? undefined : 'drawer moved too little';
  }
}
