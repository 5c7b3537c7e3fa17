import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import { listenersOf, nameNodes, publishersOf } from '../../shared/graph/graph.ts';
import { latched } from '../../shared/node/qos.ts';

/** action_msgs/GoalStatus: ACCEPTED, EXECUTING, CANCELING. */
const ACTIVE: readonly number[] = [1, 2, 3];
/** A server may publish more goals than this; only the newest are kept. */
const MAX_GOALS = 1000;

/**
 * The goals of an action by which others can move the arm: MoveIt, for one, gives
 * joint_trajectory_controller its trajectories in this way. A client that could is no
 * conflict, but one whose goal is being executed is: a message to the controller's topic would end it
 * half-way.
 */
export class ActionGoals {
  readonly #node: ManagedNode;
  readonly #action: string;
  readonly #isOwn: (goal: string) => boolean;
  #active: readonly string[] = [];

  /**
   * Call it before the node spins.
   * @param isOwn whether this node has sent a goal of this id, hexadecimal
   */
  constructor(node: ManagedNode, action: string, isOwn: (goal: string) => boolean = () => false) {
    this.#node = node;
    this.#action = node.resolveTopicName(action);
    this.#isOwn = isOwn;
    node.listen(
      'action_msgs/msg/GoalStatusArray',
      `${this.#action}/_action/status`,
      latched(),
      ({ status_list: goals }) => {
        this.#active = goals
          .slice(-MAX_GOALS)
          .filter(({ status }) => ACTIVE.includes(status))
          .map(({ goal_info: { goal_id: id } }) => Buffer.from(id.uuid).toString('hex'));
      },
      { whileInactive: true },
    );
  }

  /** A sentence about the client that moves the arm by the action, or undefined. */
  otherHand(): string | undefined {
    if (this.#active.every(this.#isOwn)) return undefined;
    // A server that has ended executes nothing, although its last status may say so.
    if (publishersOf(this.#node, `${this.#action}/_action/status`)?.length === 0) return undefined;
    const clients = listenersOf(this.#node, `${this.#action}/_action/feedback`) ?? [];
    const others = clients.filter(({ node }) => node !== this.#node.fullName);
    const who = others.length > 0 ? nameNodes(others) : 'a client that is not known';
    return `another hand is on the arm: a goal of ${this.#action} is being executed, by ${who}`;
  }
}
