import { nsOf, secondsOf } from '../../../core/math/time.ts';
import type { MotionState } from '../../../core/control/MotionState.ts';
import { SPAN_SEC } from '../../../adapters/messages/trajectory.ts';
import { CatchUp, type CatchUpLimits } from './CatchUp.ts';

/** A motion that is given from rest to rest, s: the receiver leads there from wherever it is. */
const SETTLE_SEC = 0.5;
/** How long a trajectory holds its end, s: a receiver refuses one that has ended by its clock. */
const HOLD_SEC = 0.5;
/** Commands are this punctual without any need to do something about it, s. */
const PUNCTUAL_SEC = 0.003;
/** What is left of the lead when commands have become late and the arm has to catch up, s. */
const LEAST_LEAD_SEC = 0.01;
/** A gap of more than this ends a motion, s; so does a clock that has gone back by as much. */
const GAP_SEC = 1;
const BACK_SEC = 0.1;
/** Delays are made up for by time that passes slower by a share: most, its change in a period, and per second of delay. */
const MAX_SLOWER = 0.02;
const MAX_FASTER = 0.001;
const SLOWER_STEP = 0.0004;
/** Two commands belong to one motion where they are this near to it, rad or m. */
const SAME_MOTION = 1e-5;

/** Positions and velocities of joints, and their time after the start of a trajectory. */
export type TrajectoryPoint = {
  readonly timeSec: number;
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
};

/** A motion against the clock: its points are due at `startNs` and as much later as they say. */
export type Trajectory = { readonly startNs: bigint; readonly points: readonly TrajectoryPoint[] };

export type MotionStreamOptions = {
  /** Between two commands. */
  readonly periodSec: number;
  /** Commands are due this much later than at the end of their period. */
  readonly leadSec: number;
  /** From a state on to rest, one state a period, the last at rest; empty where it is at rest. */
  brake(from: MotionState): readonly MotionState[];
  /** Limits of the joints: rad, rad/s². */
  readonly limits: CatchUpLimits;
  /** False: trajectories end with the newest command. */
  readonly endsAtRest: boolean;
};

/** A command, when it is due, and how fast time passes then. */
type Due = { readonly ns: bigint; readonly state: MotionState; readonly pace: number };

/**
 * Commands, one a period, as trajectories that all describe one and the same motion against the clock.
 *
 * A receiver that interpolates in a trajectory by its clock, and has no say where that has begun in its
 * past, gets the same motion from whichever of them it has: however often it looks, and whenever each
 * one comes. So each trajectory has the commands of a tenth of a second, the newest one still to come:
 *
 *     start                       now                     newest
 *       ├──────┬──────┬──────┬─────┼┬──────┬──────┬─────────┤ · · · to rest
 *                                  └───── period + lead ────┘
 *
 * The lead is what messages may be late, with the differences of clocks and the receiver's own period.
 * Commands keep their distance of one period whenever they come. Delays are taken from the lead, and
 * given back where the joints rest, or by letting time pass a little slower.
 *
 * At rest there is one point, in the future: from wherever the receiver is it goes there in half a second.
 */
export class MotionStream {
  readonly #options: MotionStreamOptions;
  readonly #catchUp: CatchUp;
  /** The newest command is the last; empty before the first. */
  #history: Due[] = [];
  /** The way to rest from there. */
  #tail: readonly MotionState[] = [];
  #commanded: MotionState | undefined;
  #slower = 0;

  constructor(options: MotionStreamOptions) {
    this.#options = options;
    this.#catchUp = new CatchUp(options.limits);
  }

  /** Forgets what was sent: the next motion continues nothing. */
  restart(): void {
    this.#history = [];
    this.#tail = [];
    this.#commanded = undefined;
    this.#slower = 0;
    this.#catchUp.end();
  }

  /** The command for the end of the coming period. */
  push(command: MotionState, nowNs: bigint): Trajectory {
    if (this.#commanded !== undefined && !this.#continues(this.#commanded, command)) this.restart();
    this.#commanded = command;
    const wantedNs = nowNs + nsOf(this.#options.periodSec + this.#options.leadSec);
    const newest = this.#history.at(-1);
    if (newest === undefined) this.#begin(command, wantedNs);
    else if (this.#rests) this.#beginFrom(newest, command, wantedNs);
    else this.#advance(newest, command, wantedNs);
    return this.#rests ? this.#toRest() : this.#trajectory();
  }

  get #stepSec(): number {
    return this.#options.periodSec * (1 + this.#slower);
  }

  /** All that is kept is the same state, at rest. */
  get #rests(): boolean {
    const { state } = this.#history.at(-1)!;
    if (this.#catchUp.isActive) return false;
    return this.#history.every((due) => isAtRest(due.state) && haveSamePlace(due.state, state));
  }

  #begin(command: MotionState, ns: bigint): void {
    this.#history = [{ ns, state: command, pace: 1 }];
    this.#tail = this.#options.brake(command);
  }

  /** From rest any time is as good as another: the lead is whole again. */
  #beginFrom(rest: Due, command: MotionState, wantedNs: bigint): void {
    this.#slower = 0;
    this.#catchUp.end();
    const moves = !isAtRest(command) || !haveSamePlace(command, rest.state);
    const before = { ...rest, ns: wantedNs - nsOf(this.#stepSec) };
    this.#begin(command, wantedNs);
    if (moves) this.#history.unshift(before);
  }

  #advance(newest: Due, command: MotionState, wantedNs: bigint): void {
    const { periodSec, leadSec } = this.#options;
    const dueNs = newest.ns + nsOf(this.#stepSec);
    const lateSec = secondsOf(wantedNs - dueNs);
    if (lateSec > GAP_SEC || lateSec < -BACK_SEC) {
      this.restart();
      this.#commanded = command;
      this.#begin(command, wantedNs);
      return;
    }
    if (lateSec > Math.max(leadSec - LEAST_LEAD_SEC, periodSec / 2)) {
      this.#skip(newest, command, Math.ceil(lateSec / this.#stepSec));
    } else {
      this.#slow(lateSec);
      this.#append(newest.ns + nsOf(this.#stepSec), command);
    }
  }

  /** This many periods have passed without a command: the receiver is on the way to rest meanwhile. */
  #skip(newest: Due, command: MotionState, periods: number): void {
    const tailState = (i: number) => this.#tail[Math.min(i, this.#tail.length - 1)] ?? newest.state;
    const dueNs = (i: number) => newest.ns + nsOf((i + 1) * this.#stepSec);
    const { pace } = newest;
    for (let i = 0; i < periods; i++)
      this.#history.push({ ns: dueNs(i), state: tailState(i), pace });
    this.#catchUp.begin(tailState(periods), command);
    this.#append(dueNs(periods), command);
  }

  /** Lets time pass slower, or faster, to have the lead again. */
  #slow(lateSec: number): void {
    const beyond = Math.sign(lateSec) * Math.max(0, Math.abs(lateSec) - PUNCTUAL_SEC);
    const wanted = Math.min(MAX_SLOWER, Math.max(-MAX_FASTER, beyond));
    const change = Math.min(SLOWER_STEP, Math.max(-SLOWER_STEP, wanted - this.#slower));
    this.#slower += change;
  }

  #append(ns: bigint, command: MotionState): void {
    const state = this.#catchUp.apply(command, this.#options.periodSec);
    const oldestNs = ns - nsOf(SPAN_SEC);
    this.#history = this.#history.filter((due) => due.ns >= oldestNs);
    this.#history.push({ ns, state, pace: 1 / (1 + this.#slower) });
    this.#tail = this.#options.brake(state);
  }

  #trajectory(): Trajectory {
    const { ns: newestNs, pace: lastPace } = this.#history.at(-1)!;
    const startNs = startBefore(newestNs);
    const after = (ns: bigint) => secondsOf(ns - startNs);
    const points = this.#history
      .filter(({ ns }) => ns >= startNs)
      .map(({ ns, state, pace }) => pointAt(after(ns), state, pace));
    if (!this.#options.endsAtRest) return { startNs, points };
    const newestSec = after(newestNs);
    this.#tail.forEach((state, i) =>
      points.push(
        pointAt(newestSec + ((i + 1) * this.#options.periodSec) / lastPace, state, lastPace),
      ),
    );
    const { timeSec, positions, velocities } = points.at(-1)!;
    points.push({ timeSec: timeSec + HOLD_SEC, positions, velocities });
    return { startNs, points };
  }

  /** Wherever the receiver is. */
  #toRest(): Trajectory {
    const { ns, state } = this.#history.at(-1)!;
    const startNs = startBefore(ns);
    const timeSec = secondsOf(ns - startNs) + SETTLE_SEC;
    return { startNs, points: [pointAt(timeSec, state, 1)] };
  }

  /** Whether a command can follow another one, by their velocities and accelerations. */
  #continues(before: MotionState, now: MotionState): boolean {
    const dt = this.#options.periodSec;
    return now.positions.every((q, i) => {
      const speeds = before.velocities[i]! + now.velocities[i]!;
      const change = before.accelerations[i]! - now.accelerations[i]!;
      const displacement = (speeds * dt) / 2 + (change * dt * dt) / 12;
      return Math.abs(q - before.positions[i]! - displacement) <= SAME_MOTION;
    });
  }
}

export function isAtRest({ velocities, accelerations }: MotionState): boolean {
  return velocities.every((v) => v === 0) && accelerations.every((a) => a === 0);
}

function haveSamePlace(one: MotionState, other: MotionState): boolean {
  return one.positions.every((q, i) => q === other.positions[i]);
}

function pointAt(timeSec: number, { positions, velocities }: MotionState, pace: number) {
  return { timeSec, positions, velocities: velocities.map((v) => v * pace) };
}

/** Start of a trajectory whose newest command is due then; 0 would mean now. */
function startBefore(ns: bigint): bigint {
  const startNs = ns - nsOf(SPAN_SEC);
  return startNs > 0n ? startNs : 1n;
}
