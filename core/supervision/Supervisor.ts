import type { Heartbeat } from './Heartbeat.ts';
import type { NodeReport, NodeVerdict } from './NodeReport.ts';
import type { SupervisionPolicy } from './SupervisionPolicy.ts';
import { WatchedNode } from './WatchedNode.ts';
import type { Witness } from './Witness.ts';

/** The nodes that are watched, by full names; heartbeats of all others are counted and no more. */
export type WatchedNames = {
  /** They have to be there. */
  readonly expected: readonly string[];
  /** They are watched from their first heartbeat on. */
  readonly optional: readonly string[];
};

/** What is to be done about a node. */
export type SupervisorAction = NodeVerdict & { readonly node: string };

/** Heartbeats of names that are not watched. */
export type OtherNames = { readonly beats: number; readonly lastName: string };

/** A pause between two checks that is longer than this was ours, not the nodes'. */
const PAUSE_SEC = 0.5;
/** A pause is left out of account no more often than this: else a flood could stop time. */
const PARDON_SEC = 10;
/** How long lost heartbeats matter. */
const FLOOD_SEC = 2;
/** How many heartbeats a second, above the expected ones, are a flood in which some may be lost. */
const FLOOD_PER_SEC = 200;
const MAX_NAME_LENGTH = 100;

/**
 * Watches nodes by their heartbeats, and says when a process is to be ended, so that whatever
 * started it starts it again, and when to give up and stop the arm.
 *
 * Pure: time comes in as an argument (seconds of a steady clock), what the kernel knows by a
 * `Witness`, and what to do goes out as a value. Memory and time do not grow with what strangers send.
 */
export class Supervisor {
  readonly #nodes: ReadonlyMap<string, WatchedNode>;
  readonly #floodPerSec: number;
  #others: OtherNames = { beats: 0, lastName: '' };
  #lastCheckSec: number;
  /** Time in which nothing was checked: what came then may still wait to be heard. */
  #pausedSec = 0;
  #pardonedSec = -Infinity;
  #beatsOfSecond = 0;
  #secondEndsSec = 0;
  #floodEndsSec = -Infinity;

  constructor(
    policy: SupervisionPolicy,
    { expected, optional }: WatchedNames,
    { witness, nowSec }: { readonly witness: Witness; readonly nowSec: number },
  ) {
    const watch = (isOptional: boolean) => (name: string) =>
      [name, new WatchedNode(name, { policy, witness }, { nowSec, isOptional })] as const;
    this.#nodes = new Map([...optional.map(watch(true)), ...expected.map(watch(false))]);
    this.#floodPerSec = FLOOD_PER_SEC + (2 * this.#nodes.size) / policy.periodSec;
    this.#lastCheckSec = nowSec;
  }

  beat(heartbeat: Heartbeat, nowSec: number): void {
    this.#beatsOfSecond += 1;
    const node = this.#nodes.get(heartbeat.node);
    if (node) node.beat(heartbeat, nowSec - this.#pausedSec);
    else this.#others = { beats: this.#others.beats + 1, lastName: shortName(heartbeat.node) };
  }

  /** Call it several times a second. */
  check(nowSec: number): SupervisorAction[] {
    this.#noticePause(nowSec);
    const isFlooded = this.#isFlooded(nowSec);
    return [...this.#nodes].flatMap(([node, watched]) => {
      const verdict = watched.check(nowSec - this.#pausedSec, isFlooded);
      return verdict ? [{ ...verdict, node, reason: `${node} ${verdict.reason}` }] : [];
    });
  }

  /** How each node fares, by its full name. */
  reports(nowSec: number): ReadonlyMap<string, NodeReport> {
    const sec = nowSec - this.#pausedSec;
    return new Map([...this.#nodes].map(([name, node]) => [name, node.report(sec)]));
  }

  get others(): OtherNames {
    return this.#others;
  }

  #noticePause(nowSec: number): void {
    const sinceSec = nowSec - this.#lastCheckSec;
    this.#lastCheckSec = nowSec;
    if (sinceSec <= PAUSE_SEC) return;
    this.#floodEndsSec = nowSec + FLOOD_SEC;
    if (nowSec - this.#pardonedSec < PARDON_SEC) return;
    this.#pardonedSec = nowSec;
    this.#pausedSec += sinceSec;
  }

  /** Whether this many heartbeats come, or so late, that some may be lost. */
  #isFlooded(nowSec: number): boolean {
    if (this.#beatsOfSecond > this.#floodPerSec) this.#floodEndsSec = nowSec + FLOOD_SEC;
    if (nowSec >= this.#secondEndsSec) {
      this.#secondEndsSec = nowSec + 1;
      this.#beatsOfSecond = 0;
    }
    return nowSec < this.#floodEndsSec;
  }
}

/** A name as ROS knows them; anything else is not repeated. */
function shortName(name: string): string {
  return name.length <= MAX_NAME_LENGTH && /^[\w/]+$/.test(name) ? name : '';
}
