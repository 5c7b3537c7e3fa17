/** A point of a trajectory as joint_trajectory_controller takes it: rad, rad/s, rad/s². */
export type ReceivedPoint = {
  readonly timeSec: number;
  readonly positions: ArrayLike<number>;
  readonly velocities?: ArrayLike<number>;
  readonly accelerations?: ArrayLike<number>;
};

/** `startSec` 0 means when it is first looked at. */
export type ReceivedTrajectory = {
  readonly startSec: number;
  readonly points: readonly ReceivedPoint[];
};

type State = { positions: number[]; velocities: number[]; accelerations: number[] };

/** Speeds of less count as none, rad/s. */
const FLOAT32_EPSILON = 1.1920929e-7;

/**
 * The rule by which joint_trajectory_controller of ros2_controllers 4 (ROS 2 Jazzy) makes commands of
 * the trajectories that it is sent, with `interpolate_from_desired_state: true` and position commands.
 * It was written by what that controller's documentation and source say, and shares no code with what
 * sends trajectories here, nor with the simulator that follows them.
 *
 * - Of the messages that came between two updates only the last one counts; it replaces all before.
 * - An update at time t commands where the trajectory is at t + T, T being the period of updates.
 * - A trajectory begins at its stamp, or with stamp 0 at the first update that sees it.
 * - Before its first point the way leads there from the last command. That was for t, but it is
 *   taken to have been for t − T, when it was made.
 * - After the first point only the points count, and after the last one that is held.
 * - Between two points that both have velocities the way is cubic, with accelerations as well
 *   quintic, else straight.
 */
export class TrajectoryReceiver {
  readonly #periodSec: number;
  #last: State;
  #lastSec: number | undefined;
  #current: ReceivedTrajectory | undefined;
  #isNew = false;
  #startSec = 0;
  #beforeSec = 0;
  #before: State;
  #timeSec = 0;
  #refused = 0;

  /** @param positions where the joints rest when it is activated */
  constructor(rateHz: number, positions: ArrayLike<number>) {
    this.#periodSec = 1 / rateHz;
    this.#last = atRest(positions);
    this.#before = this.#last;
  }

  /** Messages that broke a rule, and were passed over. */
  get refused(): number {
    return this.#refused;
  }

  /** A message comes when its clock says `nowSec`. */
  receive(trajectory: ReceivedTrajectory, nowSec: number): void {
    if (this.#isRefused(trajectory, nowSec)) {
      this.#refused += 1;
      return;
    }
    this.#current = trajectory;
    this.#isNew = true;
  }

  /** The commands of the update at `nowSec`; `periodSec` has passed since the one before. */
  update(nowSec: number, periodSec = this.#periodSec): readonly number[] {
    if (this.#current === undefined) {
      this.#lastSec = nowSec;
      return this.#last.positions;
    }
    if (this.#isNew) {
      this.#isNew = false;
      this.#before = this.#last;
      this.#beforeSec = this.#lastSec ?? nowSec;
      this.#timeSec = nowSec;
      this.#startSec = this.#current.startSec === 0 ? nowSec : this.#current.startSec;
    } else this.#timeSec += periodSec;
    const next = this.#sample(this.#current.points, this.#timeSec + this.#periodSec);
    if (next !== undefined) {
      this.#last = next;
      this.#lastSec = nowSec;
    }
    return this.#last.positions;
  }

  #isRefused({ startSec, points }: ReceivedTrajectory, nowSec: number): boolean {
    const last = points.at(-1);
    if (last === undefined) return true;
    const speeds = Array.from(last.velocities ?? [], Math.abs);
    if (speeds.some((speed) => speed > FLOAT32_EPSILON)) return true;
    if (startSec !== 0 && startSec + last.timeSec < nowSec) return true;
    return points.some(({ timeSec }, i) => i > 0 && timeSec <= points[i - 1]!.timeSec);
  }

  #sample(points: readonly ReceivedPoint[], atSec: number): State | undefined {
    if (atSec < this.#beforeSec) return undefined;
    const dueSec = (i: number) => this.#startSec + points[i]!.timeSec;
    if (atSec < dueSec(0)) {
      return between(this.#beforeSec, this.#before, dueSec(0), points[0]!, atSec);
    }
    for (let i = 0; i + 1 < points.length; i++) {
      if (atSec >= dueSec(i) && atSec < dueSec(i + 1)) {
        return between(dueSec(i), points[i]!, dueSec(i + 1), points[i + 1]!, atSec);
      }
    }
    const { positions, velocities, accelerations } = points.at(-1)!;
    const { velocities: still } = atRest(positions);
    return {
      positions: Array.from(positions),
      velocities: Array.from(velocities ?? still),
      accelerations: Array.from(accelerations ?? still),
    };
  }
}

function atRest(positions: ArrayLike<number>): State {
  const still = Array.from(positions, () => 0);
  return { positions: Array.from(positions), velocities: still, accelerations: still };
}

type Motion = Omit<ReceivedPoint, 'timeSec'>;

/** The polynomial of least degree that has what both ends have. */
function between(aSec: number, a: Motion, bSec: number, b: Motion, atSec: number): State {
  const total = bSec - aSec;
  const t = atSec - aSec;
  const state = atRest(a.positions);
  for (let i = 0; i < a.positions.length; i++) {
    const c = coefficients(a, b, i, total);
    state.positions[i] = c.reduce((sum, x, k) => sum + x * t ** k, 0);
    state.velocities = state.velocities.with(
      i,
      c.reduce((sum, x, k) => (k < 1 ? 0 : sum + k * x * t ** (k - 1)), 0),
    );
    state.accelerations = state.accelerations.with(
      i,
      c.reduce((sum, x, k) => (k < 2 ? 0 : sum + k * (k - 1) * x * t ** (k - 2)), 0),
    );
  }
  return state;
}

function coefficients(a: Motion, b: Motion, i: number, total: number): number[] {
  const [p, q] = [a.positions[i]!, b.positions[i]!];
  if (total === 0) return [p];
  const hasVelocities = a.velocities !== undefined && b.velocities !== undefined;
  if (!hasVelocities) return [p, (q - p) / total];
  const [u, v] = [a.velocities[i]!, b.velocities[i]!];
  if (a.accelerations === undefined || b.accelerations === undefined) {
    const square = (3 * (q - p) - (2 * u + v) * total) / total ** 2;
    const cube = (2 * (p - q) + (u + v) * total) / total ** 3;
    return [p, u, square, cube];
  }
  // what is left of way, velocity and acceleration at the end, where the start alone counted
  const [e, f] = [a.accelerations[i]!, b.accelerations[i]!];
  const displacement = q - p - u * total - (e * total ** 2) / 2;
  const speed = (v - u - e * total) * total;
  const bend = (f - e) * total ** 2;
  return [
    p,
    u,
    e / 2,
    (10 * displacement - 4 * speed + bend / 2) / total ** 3,
    (-15 * displacement + 7 * speed - bend) / total ** 4,
    (6 * displacement - 3 * speed + bend / 2) / total ** 5,
  ];
}
