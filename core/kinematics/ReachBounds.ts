/** Two bodies by their numbers, the one nearer to the base first. */
export type BodyPair = { readonly first: number; readonly second: number };

/**
 * Bounds how far points of an arm can move for a given travel of its joints: an upper bound that costs
 * next to nothing, which saves the check of every step of a short motion.
 *
 * A point of body b is moved by joint k < b by at most the joint's angle times the length of the chain
 * from the joint's axis to the point.
 */
export class ReachBounds {
  readonly #size: number;
  /** Longest lever of joint k on body b (0 the base), at k · (size + 1) + b, m. */
  readonly #levers: Float64Array;

  /**
   * @param links lengths from each joint's origin to the next one's
   * @param extents of each body around the origin of its joint; the base's first
   */
  constructor(links: readonly number[], extents: readonly number[]) {
    this.#size = extents.length - 1;
    this.#levers = new Float64Array(this.#size * extents.length);
    for (let joint = 0; joint < this.#size; joint++) {
      let length = 0;
      for (let body = joint + 1; body <= this.#size; body++) {
        this.#levers[joint * extents.length + body] = length + extents[body]!;
        length += links[body - 1] ?? 0;
      }
    }
  }

  /**
   * The greatest distance by which two bodies can approach each other, m; joints before both move them
   * as one.
   *
   * @param travel of each joint, rad
   */
  approach({ first, second }: BodyPair, travel: ArrayLike<number>): number {
    let sum = 0;
    for (let joint = first; joint < second; joint++) {
      sum += travel[joint]! * this.#levers[joint * (this.#size + 1) + second]!;
    }
    return sum;
  }

  /** The greatest distance by which a body can move, m. */
  ofBody(body: number, travel: ArrayLike<number>): number {
    return this.approach({ first: 0, second: body }, travel);
  }
}
