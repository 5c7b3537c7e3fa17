import type { SimWorld } from '../../sim/world/SimWorld.ts';

/** How an episode ended, by the world's own state. */
export type Outcome =
  | 'success'
  | 'never gripped'
  | 'lost on the way'
  | 'still held'
  | 'put beside the target'
  | 'touches something else';

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
    const { gripped, sourceTouchesTarget } = this.#world.contacts();
    if (!this.#gripped) return 'never gripped';
    if (gripped) return 'still held';
    if (sourceTouchesTarget) return 'touches something else';
    return this.#reachedTarget ? 'put beside the target' : 'lost on the way';
  }
}
