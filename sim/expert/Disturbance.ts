import type { Random } from '../../core/math/random.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { vec3Add, vec3Norm, vec3Scale, vec3Sub } from '../../core/math/vec3.ts';
import type { ExpertAction, ExpertDecision } from './ExpertDecision.ts';
import type { TaskState } from './TaskState.ts';

export type DisturbanceOptions = {
  /** Share of episodes in which the fingers close too early once. */
  readonly missedGraspShare: number;
  /** Share of episodes in which the source is dropped once. */
  readonly dropShare: number;
  /** Share of episodes in which the arm strays to the side once. */
  readonly strayShare: number;
  /** Share of those at a drawer in which the fingers close before the bar, and pull nothing. */
  readonly falsePullShare: number;
};

/** What the gripper could be pushed into. */
export type Surroundings = {
  /** Height of the table in base axes, metres. */
  readonly tableZM: number;
  /** Before a drawer the gripper also tilts, and only there it is turned close to its goal. */
  readonly atDrawer: boolean;
};

export const DEFAULT_DISTURBANCE: DisturbanceOptions = {
  missedGraspShare: 0.12,
  dropShare: 0.06,
  strayShare: 0.3,
  falsePullShare: 0.3,
};

/** On half of the free-motion steps: a normal error with a deviation drawn from this range, m. */
const FREE_SIGMA_M = [0.006, 0.018] as const;
const FREE_SHARE = 0.5;
/** Some of those are a leap in any direction instead, m. */
const LEAP_SHARE = 0.07;
const LEAP_M = 0.035;
const NEAR_SIGMA_M = 0.003;
const YAW_SHARE = 0.3;
const YAW_SIGMA_RAD = 0.1;
/** Some turns are far off, so that the data shows how to turn back in any place. */
const YAW_LEAP_SHARE = 0.12;
const YAW_LEAP_RAD = 0.6;
/** Chance of a tick to be the one at which the arm begins to stray, where it is going to. */
const STRAY_CHANCE = 0.15;
/** For this many ticks, so far each. */
const STRAY_TICKS = [2, 5] as const;
const STRAY_STEP_M = [0.02, 0.035] as const;
/** At a drawer: on a share of the steps the gripper turns about any axis, on some of them far. */
const TILT_SHARE = 0.3;
const TILT_SIGMA_RAD = 0.08;
const TILT_LEAP_SHARE = 0.12;
const TILT_LEAP_RAD = 0.4;
const NEAR_DRAWER_SIGMA_M = 0.007;
/** So far before the bar it may be missed; the fingers pull for this many ticks before it shows. */
const FALSE_PULL_M = [0.015, 0.06] as const;
const FALSE_PULL_TICKS = [3, 6] as const;
const FALSE_PULL_STEP_M = 0.025;
/** The gripper is never pushed below this, above the table. */
const LOWEST_Z_M = 0.019;

const STRAYING: ReadonlySet<ExpertDecision['phase']> = new Set([
  'reach',
  'descend',
  'carry',
  'lower',
]);

const FREE: Surroundings = { tableZM: 0, atDrawer: false };

/**
 * What goes wrong between the expert's decision and what is done, so that the data shows how to
 * come back. Labels stay the expert's own decisions.
 */
export class Disturbance {
  readonly #random: Random;
  #missesLeft: number;
  #dropsLeft: number;
  #straysLeft: number;
  #falsePullsLeft: number;
  /** What is done for some ticks, whatever is decided meanwhile. */
  #detour:
    { readonly step: Vec3; readonly gripper: 0 | 1 | undefined; ticksLeft: number } | undefined;

  constructor(random: Random, options: DisturbanceOptions = DEFAULT_DISTURBANCE) {
    this.#random = random;
    this.#missesLeft = random.uniform() < options.missedGraspShare ? 1 + random.int(2) : 0;
    this.#dropsLeft = random.uniform() < options.dropShare ? 1 : 0;
    this.#straysLeft = random.fork('stray').uniform() < options.strayShare ? 1 : 0;
    this.#falsePullsLeft = random.fork('false pull').uniform() < options.falsePullShare ? 1 : 0;
  }

  /** The action to execute in place of the decided one. */
  disturb(decision: ExpertDecision, state: TaskState, around = FREE): ExpertAction {
    if (this.#detour === undefined) {
      this.#mayStray(decision);
      if (around.atDrawer) this.#mayPullNothing(decision, state);
    }
    if (this.#detour === undefined) return this.#erred(decision, state, around);
    const { step, gripper = decision.action.gripper } = this.#detour;
    this.#detour.ticksLeft -= 1;
    if (this.#detour.ticksLeft === 0) this.#detour = undefined;
    return { rotation: decision.action.rotation, translation: step, gripper };
  }

  /** To the side at the same height, on and on. */
  #mayStray({ phase }: ExpertDecision): void {
    const random = this.#random;
    if (this.#straysLeft === 0 || !STRAYING.has(phase) || random.uniform() >= STRAY_CHANCE) return;
    this.#straysLeft -= 1;
    const angle = random.uniform(-Math.PI, Math.PI);
    const stepM = random.uniform(...STRAY_STEP_M);
    const step: Vec3 = [stepM * Math.cos(angle), stepM * Math.sin(angle), 0];
    this.#detour = { step, gripper: undefined, ticksLeft: this.#ticksIn(STRAY_TICKS) };
  }

  /** Closes before the bar and goes back the way it came. */
  #mayPullNothing(
    { phase, action }: ExpertDecision,
    { baseFromEe, baseFromSource }: TaskState,
  ): void {
    if (this.#falsePullsLeft === 0 || phase !== 'descend') return;
    const distance = vec3Norm(vec3Sub(baseFromSource.position, baseFromEe.position));
    if (distance < FALSE_PULL_M[0] || distance > FALSE_PULL_M[1]) return;
    this.#falsePullsLeft -= 1;
    const step = vec3Scale(
      action.translation,
      -FALSE_PULL_STEP_M / Math.max(1e-6, vec3Norm(action.translation)),
    );
    this.#detour = { step, gripper: 0, ticksLeft: this.#ticksIn(FALSE_PULL_TICKS) };
  }

  #ticksIn([first, last]: readonly [number, number]): number {
    return first + this.#random.int(last - first + 1);
  }

  #erred(
    { phase, action }: ExpertDecision,
    state: TaskState,
    { tableZM, atDrawer }: Surroundings,
  ): ExpertAction {
    const z = state.baseFromEe.position[2] - tableZM;
    const aboveSource = state.baseFromEe.position[2] - state.baseFromSource.position[2];
    switch (phase) {
      case 'descend':
        if (this.#missesLeft > 0 && aboveSource > 0.025 && aboveSource < 0.06) {
          this.#missesLeft -= 1;
          return { translation: [0, 0, 0], rotation: [0, 0, 0], gripper: 0 };
        }
        return atDrawer
          ? this.#jolted(this.#tilted(action), z, NEAR_DRAWER_SIGMA_M)
          : this.#jolted(action, z, NEAR_SIGMA_M);
      case 'carry':
        if (this.#dropsLeft > 0 && z > 0.045 && z < 0.1) {
          this.#dropsLeft -= 1;
          return { ...action, gripper: 1 };
        }
        return this.#free(action, z);
      case 'reach':
      case 'reopen':
      case 'retreat':
        return this.#free(atDrawer ? this.#tilted(action) : action, z);
      case 'lower':
      case 'done':
        return this.#jolted(action, z, NEAR_SIGMA_M);
      case 'close':
      case 'release':
      case 'lift':
      case 'pull':
        return action;
      case 'push':
        return this.#tilted(action);
    }
  }

  #free(action: ExpertAction, z: number): ExpertAction {
    const random = this.#random;
    const turned = { ...action, rotation: vec3Add(action.rotation, [0, 0, this.#yawError()]) };
    if (random.uniform() >= LEAP_SHARE * FREE_SHARE) {
      return this.#jolted(turned, z, random.uniform(FREE_SIGMA_M[0], FREE_SIGMA_M[1]));
    }
    const leap = this.#direction(LEAP_M);
    return { ...turned, translation: keptAbove(vec3Add(action.translation, leap), z) };
  }

  #tilted(action: ExpertAction): ExpertAction {
    const random = this.#random;
    if (random.uniform() >= TILT_SHARE) return action;
    const isFar = random.uniform() < TILT_LEAP_SHARE;
    const angle = isFar ? random.uniform(0, TILT_LEAP_RAD) : TILT_SIGMA_RAD * random.normal();
    return { ...action, rotation: vec3Add(action.rotation, this.#direction(angle)) };
  }

  #yawError(): number {
    const random = this.#random;
    if (random.uniform() < YAW_LEAP_SHARE) return random.uniform(-YAW_LEAP_RAD, YAW_LEAP_RAD);
    return random.uniform() < YAW_SHARE ? YAW_SIGMA_RAD * random.normal() : 0;
  }

  #jolted(action: ExpertAction, z: number, sigmaM: number): ExpertAction {
    const random = this.#random;
    if (random.uniform() >= FREE_SHARE) return action;
    const error: Vec3 = [random.normal(), random.normal(), random.normal()];
    const translation = vec3Add(action.translation, vec3Scale(error, sigmaM));
    return { ...action, translation: keptAbove(translation, z) };
  }

  #direction(length: number): Vec3 {
    const random = this.#random;
    const v: Vec3 = [random.normal(), random.normal(), random.normal()];
    return vec3Scale(v, length / Math.max(1e-6, Math.hypot(...v)));
  }
}

function keptAbove([x, y, dz]: Vec3, z: number): Vec3 {
  return [x, y, Math.max(dz, LOWEST_Z_M - z)];
}
