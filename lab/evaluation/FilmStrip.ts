import { drawPlan } from '../../adapters/image/PlanOverlay.ts';
import { resizeArea } from '../../core/image/AreaResizer.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';

/** Pictures of an episode, at equal distances in time. */
const SHOTS = 8;
const PICTURE_WIDTH = 320;

type Shot = {
  readonly tick: number;
  readonly image: RgbImage;
  readonly plan: SpatialPlan | undefined;
};

export type Picture = { readonly tick: number; readonly image: RgbImage };

/** Keeps what an episode looked like now and then, each with the plan of that moment. */
export class FilmStrip {
  readonly #maxTicks: number;
  readonly #shots: Shot[] = [];

  constructor(maxTicks: number) {
    this.#maxTicks = maxTicks;
  }

  /** True when a picture is due at this tick of the episode. */
  isDue(tick: number): boolean {
    return tick >= Math.round((this.#shots.length * this.#maxTicks) / (SHOTS - 1));
  }

  add(tick: number, image: RgbImage, plan: SpatialPlan | undefined): void {
    this.#shots.push({ tick, image, plan });
  }

  /** Small pictures with their plans, all of them or the first and the last one. */
  pictures(which: 'all' | 'ends'): Picture[] {
    const shots = which === 'all' ? this.#shots : [this.#shots[0], this.#shots.at(-1)];
    return shots.flatMap((shot) => {
      if (shot === undefined) return [];
      const drawn = shot.plan ? drawPlan(shot.image, shot.plan) : shot.image;
      const height = Math.round((PICTURE_WIDTH * drawn.height) / drawn.width);
      return [{ tick: shot.tick, image: resizeArea(drawn, PICTURE_WIDTH, height) }];
    });
  }
}
