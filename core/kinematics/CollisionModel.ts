import { Random } from '../math/random.ts';
import type { Vec3 } from '../math/types.ts';
import type { ArmShape } from './armShapes.ts';
import { vec3Distance } from '../math/vec3.ts';
import { capsulesAround } from './Capsule.ts';
import type { Chain, LinkFrames } from './Chain.ts';
import { lowestPoint, shapeOf } from './lowestPoint.ts';
import type { BodyShape } from './lowestPoint.ts';
import { ReachBounds } from './ReachBounds.ts';
import type { BodyPair } from './ReachBounds.ts';
import { segmentDistance } from './segmentDistance.ts';

/** Poses in which pairs of bodies are tried before they are watched. */
const SAMPLED_POSES = 100;
/** Nothing that is farther apart is looked at more closely, m. */
const FAR_M = 0.1;

type BodyCapsule = {
  readonly body: number;
  readonly ends: Float64Array;
  readonly radius: number;
  /** Half the length of its segment. */
  readonly half: number;
};
/** A sphere around all capsules of a body. */
type BodyBall = { readonly centre: Float64Array; readonly radius: number };

/**
 * How near an arm is to itself and to a table.
 *
 * Bodies are what moves with one joint each, and the base. Between bodies, distances are those of the
 * capsules around their shapes. Neighbours, and pairs that touch in most poses whatever the arm does
 * (their capsules overlap by construction), are not watched. The height above the table is exact for
 * the shapes themselves, since fingers work close to it.
 */
export class CollisionModel {
  /** Watched pairs of bodies, by the names of links: the order of `distances`. */
  readonly pairNames: readonly string[];
  readonly pairs: readonly BodyPair[];
  /** Moving bodies, likewise: the order of `heights`. */
  readonly bodyNames: readonly string[];
  readonly distances: Float64Array;
  readonly heights: Float64Array;
  readonly frames: LinkFrames;
  readonly reach: ReachBounds;
  readonly #chain: Chain;
  readonly #capsules: readonly BodyCapsule[];
  readonly #shapes: readonly BodyShape[];
  readonly #balls: readonly BodyBall[];
  /** Centres of the balls in base axes. */
  readonly #centres: Float64Array;
  /** First and last (exclusive) capsule of each body. */
  readonly #ranges: readonly (readonly [number, number])[];
  /** Ends of all capsules in base axes, six numbers each. */
  readonly #ends: Float64Array;

  constructor(chain: Chain, shapes: readonly ArmShape[]) {
    this.#chain = chain;
    this.frames = chain.newLinkFrames();
    const sorted = [...shapes].sort((a, b) => a.body - b.body);
    this.#capsules = sorted.flatMap(capsulesOf);
    this.#shapes = sorted.filter(({ body }) => body > 0).map(shapeOf);
    this.#ends = new Float64Array(6 * this.#capsules.length);
    const bodies = Array.from({ length: chain.size + 1 }, (_, body) => body);
    this.#ranges = bodies.map((body) => [
      this.#capsules.filter((capsule) => capsule.body < body).length,
      this.#capsules.filter((capsule) => capsule.body <= body).length,
    ]);
    this.#balls = this.#ranges.map(([from, to]) => ballAround(this.#capsules.slice(from, to)));
    this.#centres = new Float64Array(3 * bodies.length);
    const nameOf = (body: number): string => sorted.find((s) => s.body === body)?.link ?? '';
    const present = bodies.filter((body) => nameOf(body) !== '');
    const pairs = present.flatMap((first) =>
      present.filter((second) => second >= first + 2).map((second) => ({ first, second })),
    );
    this.heights = new Float64Array(chain.size);
    this.pairs = this.#separable(pairs);
    this.distances = new Float64Array(this.pairs.length);
    this.pairNames = this.pairs.map(
      ({ first, second }) => `${nameOf(first)} and ${nameOf(second)}`,
    );
    this.bodyNames = bodies.slice(1).map(nameOf);
    this.reach = this.#reachBounds();
  }

  /**
   * Writes `frames`; `distances`, at most 0.1 m; and `heights` above
   * z = 0 of the base, Infinity for bodies without shapes.
   */
  evaluate(q: ArrayLike<number>): void {
    this.#placeBodies(q);
    for (let k = 0; k < this.pairs.length; k++) this.distances[k] = this.#distance(this.pairs[k]!);
    this.heights.fill(Infinity);
    for (const shape of this.#shapes) {
      const height = lowestPoint(shape, this.frames);
      const k = shape.body - 1;
      if (height < this.heights[k]!) this.heights[k] = height;
    }
  }

  /** Writes `frames` and where capsules and balls are. */
  #placeBodies(q: ArrayLike<number>): void {
    this.#chain.evaluateLinks(q, this.frames);
    for (let k = 0; k < this.#capsules.length; k++) {
      const { body, ends } = this.#capsules[k]!;
      placePoint(this.frames, body - 1, ends, 0, this.#ends, 6 * k);
      placePoint(this.frames, body - 1, ends, 3, this.#ends, 6 * k + 3);
    }
    for (let body = 0; body < this.#balls.length; body++) {
      placePoint(this.frames, body - 1, this.#balls[body]!.centre, 0, this.#centres, 3 * body);
    }
  }

  #ballDistance(first: number, second: number): number {
    const centres = this.#centres;
    const x = centres[3 * first]! - centres[3 * second]!;
    const y = centres[3 * first + 1]! - centres[3 * second + 1]!;
    const z = centres[3 * first + 2]! - centres[3 * second + 2]!;
    const apart = Math.sqrt(x * x + y * y + z * z);
    return apart - this.#balls[first]!.radius - this.#balls[second]!.radius;
  }

  /** The distance of two bodies, m, at most `FAR_M`. */
  #distance({ first, second }: BodyPair): number {
    let least = FAR_M;
    if (this.#ballDistance(first, second) > FAR_M) return FAR_M;
    const [from, to] = this.#ranges[first]!;
    const [otherFrom, otherTo] = this.#ranges[second]!;
    for (let i = from; i < to; i++) {
      const one = this.#capsules[i]!;
      if (this.#middleToBall(i, second) - one.half - one.radius >= least) continue;
      for (let k = otherFrom; k < otherTo; k++) {
        const other = this.#capsules[k]!;
        const radii = one.radius + other.radius;
        if (this.#middlesApart(i, k) - one.half - other.half - radii >= least) continue;
        least = Math.min(least, segmentDistance(this.#ends, 6 * i, 6 * k) - radii);
      }
    }
    return least;
  }

  /** From the middle of a capsule to the surface of the ball around a body. */
  #middleToBall(i: number, body: number): number {
    const [ends, centres] = [this.#ends, this.#centres];
    const x = (ends[6 * i]! + ends[6 * i + 3]!) / 2 - centres[3 * body]!;
    const y = (ends[6 * i + 1]! + ends[6 * i + 4]!) / 2 - centres[3 * body + 1]!;
    const z = (ends[6 * i + 2]! + ends[6 * i + 5]!) / 2 - centres[3 * body + 2]!;
    return Math.sqrt(x * x + y * y + z * z) - this.#balls[body]!.radius;
  }

  #middlesApart(i: number, k: number): number {
    const ends = this.#ends;
    const x = ends[6 * i]! + ends[6 * i + 3]! - ends[6 * k]! - ends[6 * k + 3]!;
    const y = ends[6 * i + 1]! + ends[6 * i + 4]! - ends[6 * k + 1]! - ends[6 * k + 4]!;
    const z = ends[6 * i + 2]! + ends[6 * i + 5]! - ends[6 * k + 2]! - ends[6 * k + 5]!;
    return Math.sqrt(x * x + y * y + z * z) / 2;
  }

  /** Lengths between joints do not depend on the pose, as long as all of them turn. */
  #reachBounds(): ReachBounds {
    if (this.#chain.joints.some(({ type }) => type !== 'revolute')) {
      throw new Error('CollisionModel: expected turning joints only');
    }
    this.#placeBodies(new Float64Array(this.#chain.size));
    const origin = (frame: number): Vec3 =>
      this.frames.positions.slice(3 * frame, 3 * frame + 3) as unknown as Vec3;
    const { size } = this.#chain;
    const links = Array.from({ length: size }, (_, k) => vec3Distance(origin(k), origin(k + 1)));
    const extents = this.#balls.map(({ centre, radius }) => Math.hypot(...centre) + radius);
    extents[size] = Math.max(extents[size]!, links[size - 1]!); // the tip counts as well
    return new ReachBounds(links, extents);
  }

  /** The pairs that are apart in most poses. */
  #separable(pairs: readonly BodyPair[]): BodyPair[] {
    const random = new Random('collision pairs');
    const touching = new Uint32Array(pairs.length);
    for (let k = 0; k < SAMPLED_POSES; k++) {
      this.#placeBodies(
        this.#chain.joints.map(({ limit }) => random.uniform(limit.lower, limit.upper)),
      );
      pairs.forEach((pair, i) => (touching[i]! += Number(this.#distance(pair) < 0)));
    }
    return pairs.filter((_, i) => touching[i]! < SAMPLED_POSES / 2);
  }
}

function capsulesOf({ body, geometry, bodyFromShape }: ArmShape): BodyCapsule[] {
  return capsulesAround(geometry, bodyFromShape).map(({ from, to, radius }) => ({
    body,
    ends: Float64Array.of(...from, ...to),
    radius,
    half: vec3Distance(from, to) / 2,
  }));
}

/** About the middle of the box around all ends. */
function ballAround(capsules: readonly BodyCapsule[]): BodyBall {
  const ends = capsules.flatMap((capsule) =>
    [0, 3].map((k) => ({ point: capsule.ends.subarray(k, k + 3), radius: capsule.radius })),
  );
  const centre = Float64Array.from([0, 1, 2], (axis) => {
    const values = ends.map(({ point }) => point[axis]!);
    return values.length === 0 ? 0 : (Math.min(...values) + Math.max(...values)) / 2;
  });
  const reach = ({ point, radius }: (typeof ends)[number]): number =>
    radius + Math.hypot(...point.map((x, axis) => x - centre[axis]!));
  return { centre, radius: Math.max(0, ...ends.map(reach)) };
}

/** out[offset…] ← the point `points[from…]` of a frame (−1: the base's), in base axes. */
function placePoint(
  { rotations, positions }: LinkFrames,
  frame: number,
  points: Float64Array,
  from: number,
  out: Float64Array,
  offset: number,
): void {
  for (let row = 0; row < 3; row++) {
    if (frame < 0) {
      out[offset + row] = points[from + row]!;
      continue;
    }
    const r = 9 * frame + 3 * row;
    out[offset + row] =
      positions[3 * frame + row]! +
      rotations[r]! * points[from]! +
      rotations[r + 1]! * points[from + 1]! +
      rotations[r + 2]! * points[from + 2]!;
  }
}
