import { nsOf } from '../math/time.ts';
import { ACTION_DIM } from '../action/ActionChunk.ts';
import { quatConjugate, quatMultiply, rotVecFromQuat } from '../math/quat.ts';
import type { Pose } from '../math/types.ts';
import { vec3Sub } from '../math/vec3.ts';
import type { Track } from './Track.ts';

/** Where the end effector is, or is commanded to be, and how far open the gripper (0 closed, 1 open). */
export type Motion = { readonly baseFromEe: Pose; readonly gripperOpening: number };

/**
 * What recorded actions are taken from, the best first: actions that the bag has one by one; the
 * controller's targets; commands to the joints; how the joints moved.
 */
export type ActionSource = 'actions' | 'targets' | 'commands' | 'joints';

/** What a bag tells of the arm's motion; a track without entries where it does not. */
export type RecordedMotion = {
  /** An action for the tick that begins at its time. */
  readonly actions: Track<Float32Array>;
  /** Where a tick's motion ends, from the tick's beginning on. */
  readonly targets: Track<Motion>;
  /** Where the arm is commanded to be now. */
  readonly commands: Track<Motion>;
  /** Where the arm is. */
  readonly joints: Track<Motion>;
  /** When the controller began to act; undefined where the bag does not tell. */
  readonly begunNs: bigint | undefined;
  /** Of `actions`, where the bag tells. */
  readonly actionPeriodSec: number | undefined;
};

/** No arm that is recorded says nothing for this long: time has leapt. */
const LONGEST_PAUSE_NS = 10_000_000_000n;

/** The actions of a recorded arm, tick by tick, in the form of an action chunk's rows. */
export class RecordedActions {
  readonly source: ActionSource;
  readonly #motion: RecordedMotion;
  readonly #tickNs: bigint;

  /** @param source the best that there is by default */
  constructor(motion: RecordedMotion, tickSec: number, source?: ActionSource) {
    this.#motion = motion;
    this.#tickNs = nsOf(tickSec);
    this.source = source ?? bestSource(motion);
  }

  /** When the first tick begins; undefined where nothing was recorded. */
  get startNs(): bigint | undefined {
    const { begunNs } = this.#motion;
    return (this.source === 'actions' ? undefined : begunNs) ?? this.#motion[this.source].startNs;
  }

  /**
   * When ticks begin for which there is an action: those of the record, or one after the other. Gaps
   * in which nothing was recorded for long have none.
   */
  ticks(): bigint[] {
    if (this.source === 'actions') return [...this.#motion.actions.entries()].map(([ns]) => ns);
    const ticksNs: bigint[] = [];
    const { startNs } = this;
    const { endNs } = this.#motion[this.source];
    if (startNs === undefined || endNs === undefined) return ticksNs;
    const track = this.#motion[this.source];
    for (let ns = startNs; ns <= endNs; ns += this.#tickNs) {
      const leapNs = track.gapAt(ns + this.#tickNs, LONGEST_PAUSE_NS);
      if (leapNs !== undefined) ns = leapNs - this.#tickNs;
      else if (this.at(ns) !== undefined) ticksNs.push(ns);
      else if (ticksNs.length > 0) break;
    }
    return ticksNs;
  }

  /**
   * What was done in the tick that begins then, or within half a tick of it; undefined where the
   * recording does not say.
   */
  at(timeNs: bigint): Float32Array | undefined {
    const { actions, targets } = this.#motion;
    const halfNs = this.#tickNs / 2n;
    switch (this.source) {
      case 'actions':
        return actions.closest(timeNs, halfNs);
      case 'targets':
        // In the middle of a tick its target is the one that holds, wherever `timeNs` rounds to.
        if (!this.#covers(timeNs + halfNs)) return undefined;
        return between(targets.at(timeNs - halfNs) ?? this.#begun(), targets.at(timeNs + halfNs));
      case 'commands':
      case 'joints': {
        const track = this.#motion[this.source];
        if (!this.#covers(timeNs + this.#tickNs)) return undefined;
        return between(track.at(timeNs), track.at(timeNs + this.#tickNs));
      }
    }
  }

  /** Where the arm was when the first target was given. */
  #begun(): Motion | undefined {
    const { targets, joints } = this.#motion;
    return targets.startNs === undefined ? undefined : joints.at(targets.startNs);
  }

  #covers(timeNs: bigint): boolean {
    const { endNs } = this.#motion[this.source];
    // The last period is part of the recording, though its message is from its beginning.
    return endNs !== undefined && timeNs <= endNs + this.#tickNs / 4n;
  }
}

function bestSource(motion: RecordedMotion): ActionSource {
  const sources: readonly ActionSource[] = ['actions', 'targets', 'commands'];
  return sources.find((source) => motion[source].size > 0) ?? 'joints';
}

/** The action that leads from one to the other: Δp, log(R₂ R₁⁻¹) and the opening at its end. */
function between(from: Motion | undefined, to: Motion | undefined): Float32Array | undefined {
  if (!from || !to) return undefined;
  const turn = quatMultiply(to.baseFromEe.orientation, quatConjugate(from.baseFromEe.orientation));
  const action = new Float32Array(ACTION_DIM);
  action.set(vec3Sub(to.baseFromEe.position, from.baseFromEe.position), 0);
  action.set(rotVecFromQuat(turn), 3);
  action[6] = to.gripperOpening;
  return action;
}
