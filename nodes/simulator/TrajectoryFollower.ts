import { nsOf, secondsOf } from '../../core/math/time.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';
import type { TrajectoryMessage } from '../../adapters/messages/trajectory.ts';

/** Longer trajectories are refused, points. */
const MAX_POINTS = 10_000;

/** Joints at a time (ns): rad, rad/s; without velocities the way there is straight. */
type Knot = {
  readonly ns: bigint;
  readonly positions: readonly number[];
  readonly velocities: readonly number[] | undefined;
};

/** A point, and how long after the trajectory's start it is due. */
type Point = Omit<Knot, 'ns'> & { readonly afterNs: bigint };
type Trajectory = { readonly stampNs: bigint; readonly points: readonly Point[] };

/**
 * Follows trajectories as joint_trajectory_controller does with `interpolate_from_desired_state: true`
 * (ros2_controllers 4): an update at t commands where the newest trajectory is at t + period. One with
 * stamp 0 begins at the first update that sees it. The way to the first point begins at the last
 * command, as if that had been for the time at which it was made: a period too early. Where the first
 * point is in the past, only the trajectory itself counts. Its last velocity may be any.
 */
export class TrajectoryFollower {
  readonly #joints: readonly string[];
  readonly #periodNs: bigint;
  /** The last command, and when it was made. */
  #command: Omit<Knot, 'ns'> & { readonly ns: bigint | undefined };
  #trajectory: Trajectory | undefined;
  #isNew = false;
  #startNs = 0n;
  #before: Knot | undefined;

  /**
   * @param joints those that are followed, in the order of positions
   * @param positions where they rest
   */
  constructor(joints: readonly string[], positions: readonly number[], periodSec: number) {
    this.#joints = joints;
    this.#command = atRest(positions);
    this.#periodNs = nsOf(periodSec);
  }

  /** At rest there, with nothing to follow. */
  reset(positions: readonly number[]): void {
    this.#trajectory = undefined;
    this.#before = undefined;
    this.#command = atRest(positions);
  }

  /** Follows this one from the next update on; why not, if so. */
  take(message: TrajectoryMessage, nowNs: bigint): string | undefined {
    const fault = this.#faultOf(message, nowNs);
    if (fault !== undefined) return fault;
    const indices = this.#joints.map((joint) => message.joint_names.indexOf(joint));
    const ofJoints = (values: ArrayLike<number>) => indices.map((index) => Number(values[index]));
    this.#isNew = true;
    this.#trajectory = {
      stampNs: nsFromStamp(message.header.stamp),
      points: message.points.map(({ positions, velocities, time_from_start: after }) => ({
        positions: ofJoints(positions),
        velocities: velocities.length === 0 ? undefined : ofJoints(velocities),
        afterNs: nsFromStamp(after),
      })),
    };
    return undefined;
  }

  /** The command of an update at this time. */
  update(nowNs: bigint): readonly number[] {
    const trajectory = this.#trajectory;
    if (trajectory === undefined) {
      this.#command = { ...this.#command, ns: nowNs };
      return this.#command.positions;
    }
    if (this.#isNew) {
      this.#isNew = false;
      this.#before = { ...this.#command, ns: this.#command.ns ?? nowNs };
      this.#startNs = trajectory.stampNs === 0n ? nowNs : trajectory.stampNs;
    }
    this.#command = { ...this.#at(nowNs + this.#periodNs, trajectory.points), ns: nowNs };
    return this.#command.positions;
  }

  #at(ns: bigint, points: readonly Point[]): Omit<Knot, 'ns'> {
    const next = points.findIndex(({ afterNs }) => this.#startNs + afterNs > ns);
    const knot = (point: Point): Knot => ({ ...point, ns: this.#startNs + point.afterNs });
    if (next === -1) {
      const { positions, velocities = positions.map(() => 0) } = points.at(-1)!;
      return { positions, velocities };
    }
    const from = next === 0 ? this.#before : knot(points[next - 1]!);
    return between(from!, knot(points[next]!), ns);
  }

  #faultOf({ header, joint_names: names, points }: TrajectoryMessage, nowNs: bigint) {
    const missing = this.#joints.filter((joint) => !names.includes(joint));
    if (missing.length > 0) return `missing ${missing.join(', ')}`;
    if (points.length === 0 || points.length > MAX_POINTS) {
      return `expected 1 to ${MAX_POINTS} points, found ${points.length}`;
    }
    let lastNs = -1n;
    for (const { positions, velocities, time_from_start: after } of points) {
      if (positions.length !== names.length) {
        return `expected ${names.length} positions, found ${positions.length}`;
      }
      if (velocities.length !== 0 && velocities.length !== names.length) {
        return `expected ${names.length} velocities or none, found ${velocities.length}`;
      }
      const isFinite = [...positions, ...velocities].every((x) => Number.isFinite(x));
      if (!isFinite) return 'a position or velocity is not finite';
      if (nsFromStamp(after) <= lastNs) return 'expected times that grow from point to point';
      lastNs = nsFromStamp(after);
    }
    const stampNs = nsFromStamp(header.stamp);
    const ended = stampNs !== 0n && stampNs + lastNs < nowNs;
    return ended ? `it ended ${secondsOf(nowNs - stampNs - lastNs)} s ago` : undefined;
  }
}

function atRest(positions: readonly number[]) {
  return { ns: undefined, positions, velocities: positions.map(() => 0) };
}

/** The cubic that has positions and velocities of both ends, or the straight line. */
function between(a: Knot, b: Knot, ns: bigint): Omit<Knot, 'ns'> {
  const [total, t] = [secondsOf(b.ns - a.ns), secondsOf(ns - a.ns)];
  const s = t / total;
  const [from, to] = [a.velocities, b.velocities];
  if (from === undefined || to === undefined) {
    const speeds = a.positions.map((p, i) => (b.positions[i]! - p) / total);
    return { positions: a.positions.map((p, i) => p + speeds[i]! * t), velocities: speeds };
  }
  const positions = a.positions.map((p, i) => {
    const displacement = b.positions[i]! - p;
    const [u, v] = [from[i]! * total - displacement, to[i]! * total - displacement];
    return p + s * displacement + s * (1 - s) * ((1 - s) * u - s * v);
  });
  const velocities = a.positions.map((p, i) => {
    const displacement = b.positions[i]! - p;
    const [u, v] = [from[i]! * total - displacement, to[i]! * total - displacement];
    return (displacement + (1 - s) * (1 - 3 * s) * u - s * (2 - 3 * s) * v) / total;
  });
  return { positions, velocities };
}
