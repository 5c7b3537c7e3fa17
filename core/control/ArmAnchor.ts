import type { ArmMotion } from './ArmMotion.ts';
import { CommandHistory } from './CommandHistory.ts';
import type { JointMonitor } from './JointMonitor.ts';
import { RestPlace } from './RestPlace.ts';

/**
 * What joint states come from. `real`: an arm that follows its commands and that others may move.
 * `simulated`: the same, in a world of its own that begins at rest. `recorded`: a recording, in which
 * nothing follows.
 */
export type ArmKind = 'real' | 'simulated' | 'recorded';

/** Where commands continue: `known`, or the arm is held for the reason given. */
export type Location = {
  readonly status: 'known' | 'waiting' | 'misplaced';
  readonly reason: string;
  /** Commands do not continue from the last one: what was planned from there no longer counts. */
  readonly isLost: boolean;
};

/**
 * `unknown`: nothing was commanded yet. `set`: commands continue from the last one. `uncertain`: they
 * may not, which is seen once command and arm rest. `moved`: the arm is elsewhere.
 */
type State = 'unknown' | 'set' | 'uncertain' | 'moved';

/** An arm that rests further than this from a resting command is elsewhere: more than it sags, rad. */
const SAG_RAD = 0.03;
/** An arm further than this from all its commands of that time does not follow them, rad. */
const FOLLOWING_RAD = 0.15;
/** A command this far from where it belongs is not corrected, rad. */
const RELAXED_RAD = 0.01;
/** The arm may be this far behind its commands. */
const DELAY_NS = 300_000_000n;
/** A command at rest is sent this often before there is silence. */
const REPEATS = 3;

const KNOWN: Location = { status: 'known', reason: '', isLost: false };

/**
 * Where commands begin and continue, and whether they are sent.
 *
 * A joint state is compared with what was commanded at its stamp, never with what is commanded now.
 * Commands begin where the arm has rested; from then on each continues from the one before. Where the
 * arm was moved by others nothing is sent until it rests, and commands begin again where it does: nothing
 * takes it back. While the arm is held and still, nothing is sent.
 */
export class ArmAnchor {
  readonly #kind: ArmKind;
  readonly #monitor: JointMonitor;
  readonly #motion: ArmMotion;
  readonly #history: CommandHistory;
  readonly #periodSec: number;
  #state: State = 'unknown';
  /** Joint states stayed away, or a fault came: the next ones are compared with their commands. */
  #isSuspect = false;
  /** Commands are to begin where the arm is, however near that is. */
  #relocates = false;
  /** A blocked arm pushes: its receiver gets its place as the command, also in a fault. */
  #relieves = false;
  #uncertainSinceNs = 0n;
  /** Since when the command rests; undefined while it moves. */
  #restNs: bigint | undefined;
  /** The same of the arm's part, whatever the gripper does. */
  #armRestNs: bigint | undefined;
  readonly #place: RestPlace;
  #restPeriods = 0;
  #quietPeriods = 0;

  constructor(kind: ArmKind, monitor: JointMonitor, motion: ArmMotion, periodSec: number) {
    this.#kind = kind;
    this.#monitor = monitor;
    this.#motion = motion;
    this.#periodSec = periodSec;
    this.#history = new CommandHistory(monitor.joints.length);
    this.#place = new RestPlace(monitor, motion);
  }

  /** There is a command to continue from, whether or not it may be continued now. */
  get hasCommand(): boolean {
    return this.#state !== 'unknown';
  }

  /** Commands continue from the last one. */
  get isSet(): boolean {
    return this.#state === 'set';
  }

  /** Why no chunk is executed now; undefined when commands continue, or begin at once. */
  get waitsFor(): string | undefined {
    const begins = this.#state === 'unknown' && this.#kind !== 'real';
    return this.isSet || begins ? undefined : this.#reason();
  }

  /** The arm may have stopped following: it is compared with its commands when joint states are fresh. */
  suspect(): void {
    this.#isSuspect = true;
  }

  /** The arm may be moved from now on: unless it was seen at rest, command and arm come to rest first. */
  doubt(nowNs: bigint): void {
    if (this.#kind === 'recorded') this.#isSuspect = true;
    else if (this.#state === 'set' && !this.#place.isKnown) this.#becomeUncertain(nowNs);
  }

  /** As `doubt`, when stamps of before no longer compare with those to come. */
  forgetTimes(nowNs: bigint): void {
    this.#history.clear();
    if (this.#restNs !== undefined) this.#restNs = nowNs;
    if (this.#armRestNs !== undefined) this.#armRestNs = nowNs;
    this.doubt(nowNs);
  }

  /** Commands begin again where the arm rests, as after an episode's reset. */
  relocate(nowNs: bigint): void {
    if (this.#kind === 'recorded') this.#state = 'unknown';
    if (this.#state === 'unknown') return;
    this.#monitor.rest.restart();
    this.#monitor.armRest.restart();
    this.#relocates = true;
    this.#place.forgetArm();
    if (this.#state === 'set') this.#becomeUncertain(nowNs);
  }

  /** Call it in each period with fresh joint states, before the motion's step. */
  locate(isFault: boolean): Location {
    if (this.#kind === 'recorded') return this.#locateRecorded();
    if (this.#state === 'unknown') return this.#begin();
    const wasSet = this.#state === 'set';
    if (wasSet) this.#compare(isFault);
    if (this.#state === 'uncertain') this.#settleDoubt();
    const location = this.#state === 'moved' ? this.#followMoved() : KNOWN;
    if (this.#state === 'set' && location.status === 'known') return KNOWN;
    if (location.status === 'misplaced') return { ...location, isLost: wasSet };
    return { status: 'waiting', reason: this.#reason(), isLost: wasSet };
  }

  /**
   * Call it in each period after the motion's step.
   *
   * @param streams the status asks for a command in every period, also at rest
   * @returns whether the command is sent
   */
  afterStep(nowNs: bigint, streams: boolean): boolean {
    const { isStill, isArmStill } = this.#motion;
    this.#restNs = isStill ? (this.#restNs ?? nowNs) : undefined;
    this.#armRestNs = isArmStill ? (this.#armRestNs ?? nowNs) : undefined;
    if (!isArmStill) this.#place.forgetArm();
    if (!isStill) this.#place.forgetGripper();
    this.#restPeriods = isStill ? this.#restPeriods + 1 : 0;
    this.#history.add(nowNs, this.#motion.positions);
    const repeats = this.#state === 'set' && this.#restPeriods <= REPEATS;
    const isSent = this.#restPeriods <= 1 || repeats || (this.#state === 'set' && streams);
    this.#quietPeriods = isSent ? 0 : this.#quietPeriods + 1;
    return isSent;
  }

  #locateRecorded(): Location {
    const isFar = this.#monitor.distanceTo(this.#motion.positions) > FOLLOWING_RAD;
    const isLost = this.#isSuspect && this.#state === 'set' && isFar;
    this.#isSuspect = false;
    if (this.#state === 'set' && !isLost) return KNOWN;
    return { ...this.#begin(), isLost };
  }

  #begin(): Location {
    const misplaced = this.#monitor.outsideLimits();
    if (misplaced !== undefined) return { status: 'misplaced', reason: misplaced, isLost: false };
    if (this.#kind === 'real' && !this.#monitor.rest.hasRested()) {
      return { status: 'waiting', reason: this.#reason(), isLost: false };
    }
    this.#anchor(this.#monitor.gripperPosition);
    return KNOWN;
  }

  /** Finds out whether an arm whose commands continue is where they say. */
  #compare(isFault: boolean): void {
    const { joints, stampNs = 0n } = this.#monitor;
    if (this.#place.isKnown && this.#place.hasLeft(this.#quietPeriods > 0)) this.#state = 'moved';
    if (this.#isSuspect && !isFault && this.#state === 'set' && !this.#place.isKnown) {
      const distance = this.#history.distance(joints, stampNs - DELAY_NS, stampNs);
      if (distance === undefined || this.#quietPeriods > 0) this.#becomeUncertain(stampNs);
      else if (distance > FOLLOWING_RAD) this.#state = 'moved';
    }
    this.#isSuspect = false;
    const sinceNs = this.#armRestNs;
    const hasRested = sinceNs !== undefined && this.#monitor.armRest.hasRested(sinceNs);
    if (this.#state === 'set' && this.#place.isKnown) this.#place.rememberGripper(this.#restNs);
    if (this.#state !== 'set' || this.#place.isKnown || !hasRested) return;
    const distance = this.#monitor.distanceTo(this.#motion.positions);
    this.#relieves = isFault && distance > RELAXED_RAD;
    if (this.#relieves || distance > SAG_RAD) this.#state = 'moved';
    else this.#rememberRest();
  }

  /** Once command and arm rest: whether commands continue, or begin again where the arm is. */
  #settleDoubt(): void {
    if (this.#restNs === undefined) return;
    const sinceNs = this.#restNs > this.#uncertainSinceNs ? this.#restNs : this.#uncertainSinceNs;
    if (!this.#monitor.rest.hasRested(sinceNs)) return;
    const distance = this.#monitor.distanceTo(this.#motion.positions);
    this.#state = this.#relocates || distance > SAG_RAD ? 'moved' : 'set';
    if (this.#state === 'set') this.#rememberRest();
  }

  /** Begins where the arm rests, not before a motion to there within all limits would have arrived. */
  #followMoved(): Location {
    const { rest, joints, gripperPosition } = this.#monitor;
    const waits: Location = { status: 'waiting', reason: '', isLost: false };
    if (this.#restNs === undefined || !rest.hasRested(this.#restNs)) return waits;
    const misplaced = this.#monitor.outsideLimits();
    if (misplaced !== undefined) return { status: 'misplaced', reason: misplaced, isLost: false };
    const keeps = !this.#relocates && this.#place.isGripperKnown && !this.#place.hasGripperLeft();
    const gripper = keeps ? undefined : gripperPosition;
    const neededSec = this.#motion.restToRestSec(joints, gripper);
    if (this.#quietPeriods * this.#periodSec < neededSec) return waits;
    this.#anchor(gripper);
    return KNOWN;
  }

  #anchor(gripper: number | undefined): void {
    this.#motion.anchor(this.#monitor.joints, gripper);
    this.#state = 'set';
    this.#restNs ??= this.#monitor.stampNs ?? 0n;
    this.#armRestNs ??= this.#restNs;
    this.#restPeriods = this.#relieves ? 1 : REPEATS;
    this.#relieves = false;
    this.#rememberRest();
  }

  #rememberRest(): void {
    this.#place.remember(this.#kind !== 'recorded');
    this.#relocates = false;
  }

  #becomeUncertain(nowNs: bigint): void {
    this.#state = 'uncertain';
    this.#uncertainSinceNs = nowNs;
  }

  #reason(): string {
    const { moved } = this.#monitor.rest;
    if (this.#state === 'moved') {
      const distance = this.#monitor.distanceTo(this.#motion.positions).toFixed(2);
      return `the arm is ${distance} rad from its command, moved by others: waiting until it rests`;
    }
    const joint = moved === '' ? '' : ` (last moved: ${moved})`;
    return `waiting until the arm rests${joint}`;
  }
}
