import type { Embodiment } from '../embodiment/Embodiment.ts';
import { armShapes } from '../kinematics/armShapes.ts';
import type { Chain } from '../kinematics/Chain.ts';
import { CollisionModel } from '../kinematics/CollisionModel.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { LimitName } from './LimitName.ts';
import { distanceOutside } from './moveTarget.ts';

/** How far the end effector may pass the workspace box on the way from one target to the next. */
export const WORKSPACE_OVERSHOOT_M = 0.01;

/** What refused positions come too near to, and the index of that clearance for `clearanceAt`. */
export type ClearanceViolation = { readonly limit: LimitName; readonly index: number };

/**
 * Keeps a motion away from what the arm must not touch: itself, the table, the outside of its
 * workspace. Each of these has a clearance in metres, which is negative while the arm is too near. A
 * motion may not make a clearance smaller than `minClearanceM` and smaller than it was: the arm may
 * leave what it is too near to, and never approach it.
 */
export class MotionGuard {
  readonly #embodiment: Embodiment;
  readonly #model: CollisionModel;
  readonly #minClearanceM: number;
  #clearances: Float64Array;
  #next: Float64Array;

  /**
   * @param model the collision model of the same arm; several guards may share it
   * @param minClearanceM the margin on top of the embodiment's clearances, m
   */
  constructor(embodiment: Embodiment, model: CollisionModel, minClearanceM = 0) {
    this.#embodiment = embodiment;
    this.#model = model;
    this.#minClearanceM = minClearanceM;
    const { pairNames, bodyNames } = this.#model;
    this.#clearances = new Float64Array(pairNames.length + bodyNames.length + 1);
    this.#next = new Float64Array(this.#clearances.length);
  }

  /** Begins a motion at these joint positions, which may be too near to something. */
  start(positions: ArrayLike<number>): void {
    this.#measure(positions, this.#clearances);
  }

  /**
   * Moves the arm on to these joint positions, rad, if it may be there; otherwise it stays where it was.
   *
   * @returns the first clearance that forbids these positions, or undefined if the arm moved
   */
  follow(positions: ArrayLike<number>): ClearanceViolation | undefined {
    const next = this.#next;
    this.#measure(positions, next);
    for (let i = 0; i < next.length; i++) {
      if (next[i]! < Math.min(this.#minClearanceM, this.#clearances[i]!)) {
        return { limit: this.#limitOf(i), index: i };
      }
    }
    this.#next = this.#clearances;
    this.#clearances = next;
    return undefined;
  }

  /** Whether every motion of the joints within `travel` (rad, per joint) keeps the clearances. */
  isClearAlong(travel: ArrayLike<number>): boolean {
    const { pairs, bodyNames, reach } = this.#model;
    const clearances = this.#clearances;
    const isTooFar = (i: number, displacement: number): boolean =>
      !(clearances[i]! - displacement > this.#minClearanceM);
    for (let i = 0; i < pairs.length; i++) {
      if (isTooFar(i, reach.approach(pairs[i]!, travel))) return false;
    }
    for (let body = 1; body <= bodyNames.length; body++) {
      if (isTooFar(pairs.length + body - 1, reach.ofBody(body, travel))) return false;
    }
    return !isTooFar(clearances.length - 1, reach.ofBody(bodyNames.length, travel));
  }

  /** One clearance at these joint positions, m, negative if too near; the motion stays where it is. */
  clearanceAt(positions: ArrayLike<number>, index: number): number {
    this.#measure(positions, this.#next);
    return this.#next[index]!;
  }

  #measure(positions: ArrayLike<number>, clearances: Float64Array): void {
    const { clearance, workspace } = this.#embodiment.limits;
    const { distances, heights, frames } = this.#model;
    this.#model.evaluate(positions);
    let k = 0;
    for (let i = 0; i < distances.length; i++) clearances[k++] = distances[i]! - clearance.selfM;
    for (let i = 0; i < heights.length; i++) clearances[k++] = heights[i]! - clearance.tableZM;
    const tip = frames.positions.length - 3;
    const at = (i: number): number => frames.positions[tip + i]!;
    clearances[k] = WORKSPACE_OVERSHOOT_M - distanceOutside([at(0), at(1), at(2)], workspace);
  }

  #limitOf(index: number): LimitName {
    const { pairNames, bodyNames } = this.#model;
    if (index < pairNames.length) return 'self_collision';
    return index < pairNames.length + bodyNames.length ? 'table_collision' : 'workspace';
  }
}

/** The arm's links and the table; fingers where they are open and where they are closed. */
export function collisionModelOf(
  { baseLink, fingerJoints, gripper }: Embodiment,
  urdf: UrdfModel,
  chain: Chain,
): CollisionModel {
  const positions = Object.fromEntries(
    fingerJoints.map((name) => [name, fingerPositions(urdf, name, gripper)]),
  );
  return new CollisionModel(chain, armShapes(urdf, chain, baseLink, positions));
}

/** Of the commanded finger, or one that mimics it. */
function fingerPositions(urdf: UrdfModel, name: string, gripper: Embodiment['gripper']): number[] {
  const joint = urdf.joints.get(name);
  const mimic = joint !== undefined && joint.type !== 'fixed' ? joint.mimic : undefined;
  const { multiplier, offset } = mimic ?? { multiplier: 1, offset: 0 };
  return [gripper.closed, gripper.open].map((position) => multiplier * position + offset);
}
