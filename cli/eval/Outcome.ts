import type { SimWorld } from '../../sim/world/SimWorld.ts';

/** How an episode ended, by the world's own state. */
export type Outcome =
  | 'success'
  | 'never gripped'
  | 'lost on the way'
  | 'still held'
  | 'put beside the target'
  | 'touches something else'
  | 'drawer never moved'
  | 'drawer moved too little';

/** How far a drawer must have moved to count as moved, metres. */
const MOVED_M = 0.01;

/** Follows an episode, so that a failure has a name. */
export class OutcomeWatch {
  readonly #world: SimWorld;
  #gripped = false;
  #reachedTarget = false;

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /** Call it after every tick. */
  watch(): void {
    const { gripped, sourceTouchesTarget } = this.#world.contacts();
    this.#gripped ||= gripped;
    this.#reachedTarget ||= this.#gripped && sourceTouchesTarget;
  }

  /** Judges the last tick. */
  judge(): Outcome {
    if (this.#world.success()) return 'success';
    const drawer = this.#drawerFailure();
    if (drawer !== undefined) return drawer;
    const { gripped, sourceTouchesTarget } = this.#world.contacts();
    if (!this.#gripped) return 'never gripped';
    if (this.#world.scene.goal.kind === 'pick') return 'lost on the way';
    if (gripped) return 'still held';
    if (sourceTouchesTarget) return 'touches something else';
    return this.#reachedTarget ? 'put beside the target' : 'lost on the way';
  }

  /** What is wrong with a drawer that had to be moved for the goal, if anything is. */
  #drawerFailure(): Outcome | undefined {
    const { goal, cabinet } = this.#world.scene;
    if (!('drawer' in goal) || cabinet === undefined) return undefined;
    const movedM = Math.abs(this.#world.drawerOpenM(goal.drawer) - cabinet.openM[goal.drawer]);
    if (movedM < MOVED_M) return 'drawer never moved';
    return goal.kind === 'store' ? undefined : 'drawer moved too little';
  }
}
