import assert from 'node:assert/strict';
import type { Json, Peer } from '../Peer.ts';
import type { RosSession } from '../RosSession.ts';
import { ARM_JOINTS, HOME } from '../widowx.ts';

export const [RUNNING, HOLD_STALE, HOLD_STARVED, LIMITED, STOPPED, FAULT] = [0, 1, 2, 3, 4, 5];

/** An ExecutionState; `header.stamp` in seconds. */
export type State = {
  readonly 'header.stamp': number;
  readonly epoch: number;
  readonly ticks_consumed: number;
  readonly chunk_id: number;
  readonly row: number;
  readonly leftover: number;
  readonly status: number;
  readonly reason: string;
};

const TOPIC = '/execution_state';
const FIELDS = [
  'header.stamp',
  'epoch',
  'ticks_consumed',
  'chunk_id',
  'row',
  'leftover',
  'status',
  'reason',
];
/** The most control periods from when a reaction is due until it is there. */
const LIMIT_PERIODS = 2;
const CHUNK = 'st4vla_ros/msg/ActionChunk';
const ROWS = 16;

export const isActing = ({ status }: State): boolean => status === RUNNING || status === LIMITED;

/** What a controller does, seen from outside, one state each control period. */
export class ExecutionWatch {
  readonly #session: RosSession;
  readonly #peer: Peer;
  #lastChunk = 100;

  private constructor(session: RosSession, peer: Peer) {
    this.#session = session;
    this.#peer = peer;
  }

  static async start(session: RosSession, peer: Peer): Promise<ExecutionWatch> {
    await peer.watch(TOPIC, 'st4vla_ros/msg/ExecutionState', 'reliable', FIELDS);
    await peer.watch('/arm_controller/joint_trajectory', 'trajectory_msgs/msg/JointTrajectory');
    await peer.watchDiagnostics();
    return new ExecutionWatch(session, peer);
  }

  get states(): readonly State[] {
    return this.#peer.messages(TOPIC).map(({ message }) => message as State);
  }

  get last(): State | undefined {
    return this.#peer.last(TOPIC) as State | undefined;
  }

  /** Positions and velocities of the last command. */
  get command(): { readonly positions: number[]; readonly velocities: number[] } {
    return this.#peer.last('/arm_controller/joint_trajectory').points.at(-1);
  }

  until(what: string, accept: (state: State) => boolean, timeoutMs?: number): Promise<State> {
    return this.#session.until(
      what,
      () => {
        const { last } = this;
        return last !== undefined && accept(last) && last;
      },
      timeoutMs,
    );
  }

  /** Control periods after a moment (s, ROS time) until there is a state that is accepted. */
  async periodsUntil(
    what: string,
    sinceSec: number,
    accept: (state: State) => boolean,
    timeoutMs?: number,
  ): Promise<number> {
    const since = (): State[] =>
      this.states.filter((state) => state['header.stamp'] > sinceSec - 1);
    const isThere = (): boolean => since().some((one) => isLate(one) && accept(one));
    const isLate = (state: State): boolean => state['header.stamp'] > sinceSec;
    await this.#session.until(what, isThere, timeoutMs);
    const all = since();
    const lastBefore = all.findLast((state) => !isLate(state));
    if (lastBefore !== undefined && accept(lastBefore)) return 0;
    const late = all.filter(isLate);
    return 1 + late.findIndex(accept);
  }

  /**
   * Asserts that a reaction came in time.
   *
   * @param messageSec when a message was sent that it is to follow on, and when it, or an answer, had
   *   arrived: on a busy machine that takes periods that are not the controller's
   * @returns `periods`
   */
  inTime(periods: number, messageSec?: readonly [number, number]): number {
    const [sentSec, arrivedSec] = messageSec ?? [0, 0];
    const travelled = this.states.filter(
      ({ 'header.stamp': sec }) => sec > sentSec && sec <= arrivedSec,
    ).length;
    const allowed = LIMIT_PERIODS + travelled;
    assert.ok(periods <= allowed, `${periods} control periods, allowed ${allowed}`);
    return periods;
  }

  /** As `periodsUntil`, from a message to the controller that was just sent; in time. */
  async periodsFromMessage(
    what: string,
    sentSec: number,
    accept: (state: State) => boolean,
  ): Promise<number> {
    // A process that has answered twice since has taken what was sent to it before: one turn of its
    // executor may take a request first, and the message in the next one.
    for (let turn = 0; turn < 2; turn++)
      await this.#peer.call('/controller/get_state', 'lifecycle_msgs/srv/GetState');
    const arrivedSec = Date.now() / 1000;
    return this.inTime(await this.periodsUntil(what, sentSec, accept), [sentSec, arrivedSec]);
  }

  /** The next states that arrive, so many. */
  async next(count: number): Promise<State[]> {
    const before = this.states.length;
    await this.#session.until(`${count} states`, () => this.states.length >= before + count);
    return this.states.slice(before, before + count);
  }

  /** The diagnostic of the controller has the reason, too. */
  async isDiagnosed(reason: RegExp): Promise<void> {
    await this.#session.until(`the diagnostic ${reason.source}`, () =>
      reason.test(this.#peer.diagnostic('/controller: execution')?.message ?? ''),
    );
  }

  /** Resolves with when it was asked and answered (s), after states that know of it. */
  async trigger(name: 'stop' | 'resume'): Promise<readonly [number, number]> {
    const { at } = await this.#peer.callAt(`/controller/${name}`, 'std_srvs/srv/Trigger');
    const answeredSec = Date.now() / 1000;
    await this.next(3);
    return [at, answeredSec];
  }

  /** Presses stop; the control periods until the arm is. */
  async stop(): Promise<number> {
    const asked = await this.trigger('stop');
    const isStopped = ({ status }: State): boolean => status === STOPPED;
    return this.inTime(await this.periodsUntil('the stop', asked[0], isStopped), asked);
  }

  /** A chunk of the present epoch; to and fro by `stepM` a tick. Resolves with its id and time. */
  async offer(
    changes: { readonly id?: number; readonly late?: number; readonly stepM?: number } = {},
  ) {
    const { id = ++this.#lastChunk, late = 0, stepM = 0.004 } = changes;
    const { epoch } = await this.until('a state', Boolean);
    const rows = Array.from({ length: ROWS }, (_, k) => [
      0,
      k % 8 < 4 ? stepM : -stepM,
      0,
      0,
      0,
      0,
      1,
    ]);
    const message: Json = { chunk_id: id, epoch, control_period: 0.2, horizon: ROWS, dim: 7 };
    const chunk = { ...message, actions: rows.flat() };
    return { id, at: await this.#peer.publish('/action_chunk', CHUNK, chunk, 'reliable', late) };
  }

  /** The arm moves by a new chunk, at its first rows; the state in which it began. */
  async act(stepM = 0.004): Promise<State> {
    // Until it knows where the arm rests it takes none.
    await this.until('readiness', (one) => one.status === HOLD_STARVED || isActing(one));
    const { id } = await this.offer({ stepM });
    await this.until('motion', (state) => state.chunk_id === id && isActing(state));
    return this.states.find((state) => state.chunk_id === id)!;
  }

  /** Joint states come as they should, and the arm waits for actions. */
  async ready(): Promise<void> {
    await this.#peer.drive([...ARM_JOINTS, 'left_finger'], [...HOME, 0.037], 50);
    await this.trigger('resume');
    await this.until('readiness', ({ status }) => status === HOLD_STARVED);
  }
}
