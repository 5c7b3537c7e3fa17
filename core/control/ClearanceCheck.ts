import type { Embodiment } from '../embodiment/Embodiment.ts';
import { Chain } from '../kinematics/Chain.ts';
import type { CollisionModel } from '../kinematics/CollisionModel.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { Vec3 } from '../math/types.ts';
import { collisionModelOf, WORKSPACE_OVERSHOOT_M } from './MotionGuard.ts';
import { distanceOutside } from './moveTarget.ts';

/** Rounding errors, m. */
const TINY_M = 1e-9;

/** A distance that a command has, and the least that it should have, m. */
type Distance = { readonly of: string; readonly value: number; readonly least: number };

/**
 * Judges a trace of joint positions by what the arm comes near to: whatever is nearer than it should
 * be must not come nearer still.
 */
export class ClearanceCheck {
  readonly #embodiment: Embodiment;
  readonly #chain: Chain;
  readonly #model: CollisionModel;
  #before: readonly Distance[] | undefined;

  constructor(embodiment: Embodiment, urdf: UrdfModel) {
    this.#embodiment = embodiment;
    this.#chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    this.#model = collisionModelOf(embodiment, urdf, this.#chain);
  }

  /** A trace begins here. */
  start(positions: ArrayLike<number>): void {
    this.#before = this.#measure(positions);
  }

  /** No trace continues; the next position begins one. */
  forget(): void {
    this.#before = undefined;
  }

  /** Whether these positions are as near to everything as the last of the trace, give or take. */
  isAsNear(positions: ArrayLike<number>, marginM: number): boolean {
    const there = this.#measure(positions);
    const here = this.#before ?? [];
    return here.every(({ value, least }, i) => value >= Math.min(least, there[i]!.value) - marginM);
  }

  /** What the trace came too near to by moving on to these positions, if anything. */
  follow(positions: ArrayLike<number>): string | undefined {
    const now = this.#measure(positions);
    const before = this.#before;
    this.#before = now;
    const bad = now.find(({ value, least }, i) => {
      const allowed = before === undefined ? least : Math.min(least, before[i]!.value);
      return !(value >= allowed - TINY_M);
    });
    return bad && `${bad.of}: ${bad.value} m, expected ${bad.least} m`;
  }

  #measure(positions: ArrayLike<number>): Distance[] {
    const { clearance, workspace } = this.#embodiment.limits;
    const { distances, heights, pairNames, bodyNames, frames } = this.#model;
    this.#model.evaluate(positions);
    const tip = frames.positions.slice(-3) as unknown as Vec3;
    return [
      ...pairNames.map((of, i) => ({ of, value: distances[i]!, least: clearance.selfM })),
      ...bodyNames.map((name, i) => ({
        of: `${name} above the table`,
        value: heights[i]!,
        least: clearance.tableZM,
      })),
      {
        of: 'end effector in its workspace',
        value: -distanceOutside(tip, workspace),
        least: -WORKSPACE_OVERSHOOT_M,
      },
    ];
  }
}
