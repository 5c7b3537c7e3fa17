import '../../shared/process/requireRos.ts';
import rclnodejs, { type ActionClient, type ActionTypeClassName } from 'rclnodejs';
import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import type { Diagnostic } from '../../shared/diagnostics/DiagnosticsPublisher.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import type { CommandSink } from './CommandSink.ts';

export const GRIPPER_ACTION = 'control_msgs/action/GripperCommand';

/** A goal replaces the one before; more often than this, no gripper gets anywhere. */
const LEAST_BETWEEN_MS = 100;
/** An answer that has not come by then will not come. */
const ANSWER_LIMIT_MS = 2000;
/** Between two looks at whether the server is there. */
const WATCH_SEC = 0.5;

export type GripperActionOptions = {
  readonly action: string;
  /** What the server calls closed and open, in its own unit. */
  readonly closed: number;
  readonly open: number;
  readonly maxEffort: number;
};

type Goals = ActionClient<ActionTypeClassName>;

/** A gripper behind `control_msgs/action/GripperCommand`: a goal where the command has changed. */
export class GripperActionSink implements CommandSink {
  readonly #node: ManagedNode;
  readonly #options: GripperActionOptions;
  readonly #client: Goals;
  #wanted: number | undefined;
  #sent: number | undefined;
  #sentMs = -Infinity;
  #isWaiting = false;
  #isThere = false;
  #accepted = 0;
  #refused = 0;
  #lastRefusal = '';

  constructor(node: ManagedNode, options: GripperActionOptions) {
    this.#node = node;
    this.#options = options;
    const type = GRIPPER_ACTION as ActionTypeClassName;
    this.#client = new rclnodejs.ActionClient(node, type, options.action);
    node.every(WATCH_SEC, 'watch of the gripper', () => this.#watch(), 'steady');
  }

  send({ gripperOpening }: JointCommand): void {
    const { closed, open } = this.#options;
    this.#wanted = closed + (open - closed) * gripperOpening;
    const nowMs = performance.now();
    if (this.#wanted === this.#sent) return;
    const leastMs = this.#isWaiting ? ANSWER_LIMIT_MS : LEAST_BETWEEN_MS;
    if (nowMs - this.#sentMs < leastMs) return;
    this.#sentMs = nowMs;
    this.#node.guard.watch('gripper goal', this.#sendGoal(this.#wanted));
  }

  notReady(): string | undefined {
    return this.#isThere ? undefined : `no action server ${this.#options.action}`;
  }

  /** Another client that commanded meanwhile is to be overruled. */
  prepare(): void {
    this.#sent = undefined;
    this.#watch();
  }

  diagnostics(): Diagnostic[] {
    const notReady = this.notReady();
    return [
      {
        part: 'gripper action',
        level: notReady === undefined ? (this.#lastRefusal === '' ? 'ok' : 'warn') : 'error',
        message: notReady ?? this.#lastRefusal,
        values: { accepted: this.#accepted, refused: this.#refused },
      },
    ];
  }

  #watch(): void {
    this.#isThere = this.#client.isActionServerAvailable();
  }

  async #sendGoal(position: number): Promise<void> {
    this.#isWaiting = true;
    try {
      const command = { position, max_effort: this.#options.maxEffort };
      const handle = await this.#client.sendGoal({ command } as never);
      if (handle.isAccepted()) {
        this.#accepted++;
        this.#sent = position;
        this.#lastRefusal = '';
      } else {
        this.#refused++;
        this.#lastRefusal = `goal ${position} was refused`;
      }
    } finally {
      this.#isWaiting = false;
    }
  }
}
