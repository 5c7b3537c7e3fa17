import type { Heartbeat } from './Heartbeat.ts';
import { type NodeReport, type Verdict, WatchedNode } from './WatchedNode.ts';

export type SupervisionPolicy = {
  /** Heartbeats that may be missed before a node counts as silent. */
  readonly missedBeats: number;
  /** How long a node may take until its first heartbeat, at the beginning and after an end. */
  readonly startSec: number;
  /** More failures than this within `windowSec` are not answered by another restart. */
  readonly maxRestarts: number;
  readonly windowSec: number;
};

/** What is to be done about a node. */
export type SupervisorAction = {
  readonly kind: Verdict;
  readonly node: string;
  readonly host: string;
  readonly pid: number;
  readonly reason: string;
};

/**
 * Watches nodes by their heartbeats, and says when a process is to be ended, so that whoever
 * started it starts it again, and when to give up and stop the arm.
 *
 * Pure: time comes in as an argument (seconds of a steady clock), what to do goes out as a value.
 */
export class Supervisor {
  readonly #policy: SupervisionPolicy;
  readonly #nodes = new Map<string, WatchedNode>();

  /** @param nodes full names of those that have to be there; others are watched once they are heard */
  constructor(policy: SupervisionPolicy, nodes: readonly string[], nowSec: number) {
    this.#policy = policy;
    for (const node of nodes) this.#nodes.set(node, new WatchedNode(policy, nowSec));
  }

  beat(heartbeat: Heartbeat, nowSec: number): void {
    let node = this.#nodes.get(heartbeat.node);
    if (!node) {
      node = new WatchedNode(this.#policy, nowSec);
      this.#nodes.set(heartbeat.node, node);
    }
    node.beat(heartbeat, nowSec);
  }

  /** Call it several times a second. */
  check(nowSec: number): SupervisorAction[] {
    return [...this.#nodes].flatMap(([node, watched]) => {
      const action = watched.check(nowSec);
      if (!action) return [];
      return [{ ...action, node, reason: `${node} ${action.reason}` }];
    });
  }

  /** How each node fares, by its full name. */
  reports(nowSec: number): ReadonlyMap<string, NodeReport> {
    return new Map([...this.#nodes].map(([name, node]) => [name, node.report(nowSec)]));
  }
}
