import '../shared/process/requireRos.ts';
import rclnodejs, { type ServerGoalHandle } from 'rclnodejs';
import { printable } from '../../core/text/printable.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import type { ExecutionReport } from '../../adapters/messages/executionState.ts';
import { secondsBetween } from '../../adapters/messages/time.ts';

const ACTION = 'st4vla_ros/action/ExecuteTask';
const FEEDBACK_PERIOD_SEC = 0.2;

type GoalHandle = ServerGoalHandle<typeof ACTION>;
/** How a goal ends, in the order of the constants of ExecuteTask's result. */
const ENDINGS = ['TIMEOUT', 'CANCELED', 'STOPPED', 'SUPERSEDED', 'FAULT'] as const;
type Ending = (typeof ENDINGS)[number];

export type TaskProgress = {
  readonly planAgeSec: number | undefined;
  readonly plannerHz: number;
  readonly expertHz: number;
};

export type TaskServerOptions = {
  /** Why an instruction cannot be carried out, or undefined if it can. */
  readonly refusal: (instruction: string) => string | undefined;
  readonly begin: (instruction: string) => void;
  /** The goal is over and nothing takes its place. */
  readonly end: () => void;
  readonly progress: () => TaskProgress;
};

type RunningGoal = {
  readonly handle: GoalHandle;
  readonly startedNs: bigint;
  readonly timeoutSec: number;
  startTick: number | undefined;
  readonly finish: (ending: Ending, reason: string) => void;
};

/**
 * The `execute_task` action: one goal at a time, the newest wins. A goal ends by its timeout (it
 * then succeeded: only the operator knows whether the task is done), by a cancel, a stop, a
 * fault or another instruction.
 */
export class TaskServer {
  readonly #node: ManagedNode;
  readonly #options: TaskServerOptions;
  #goal: RunningGoal | undefined;
  #report: ExecutionReport | undefined;

  constructor(node: ManagedNode, options: TaskServerOptions) {
    this.#node = node;
    this.#options = options;
    const { CancelResponse } = rclnodejs;
    new rclnodejs.ActionServer(
      node,
      ACTION,
      'execute_task',
      (handle) => this.#execute(handle),
      ({ instruction, timeout }) => this.#judge(instruction, timeout),
      undefined,
      (handle) => {
        // The handle changes to canceling after this answer.
        setImmediate(
          node.guard.wrap('cancel', () => {
            if (this.#goal?.handle === handle) this.#finish('CANCELED', 'canceled by the client');
          }),
        );
        return CancelResponse.ACCEPT;
      },
    );
    node.every(FEEDBACK_PERIOD_SEC, 'goal', () => this.#watch());
  }

  /** Takes the controller's state: ticks, stops and faults. */
  follow(report: ExecutionReport): void {
    this.#report = report;
    const goal = this.#goal;
    if (!goal) return;
    goal.startTick ??= report.ticksConsumed;
    if (report.status === 'STOPPED') this.#finish('STOPPED', report.reason);
    if (report.status === 'FAULT') this.#finish('FAULT', report.reason);
  }

  /** Another instruction takes the place of the goal, if there is one. */
  supersede(reason: string): void {
    this.#goal?.finish('SUPERSEDED', reason);
    this.#goal = undefined;
  }

  /** The node goes to rest. */
  abort(reason: string): void {
    this.#finish('FAULT', reason);
  }

  #judge(instruction: string, timeoutSec: number): number {
    const { GoalResponse } = rclnodejs;
    const reason = !this.#node.isActive
      ? 'the node is not active'
      : !(timeoutSec > 0 && Number.isFinite(timeoutSec))
        ? `timeout: expected more than 0 s, found ${timeoutSec}`
        : this.#options.refusal(instruction);
    if (reason === undefined) return GoalResponse.ACCEPT;
    this.#node.getLogger().warn(`goal refused: ${printable(reason)}`);
    return GoalResponse.REJECT;
  }

  #execute(handle: GoalHandle) {
    const { instruction, timeout } = handle.request;
    this.supersede('by another goal');
    const startedNs = this.#node.nowNs();
    return new Promise<ReturnType<typeof resultMessage>>((resolve) => {
      const goal: RunningGoal = {
        handle,
        startedNs,
        timeoutSec: timeout,
        startTick: this.#report?.ticksConsumed,
        finish: (ending, reason) => {
          if (ending === 'TIMEOUT') handle.succeed();
          else if (ending === 'CANCELED') handle.canceled();
          else handle.abort();
          const durationSec = secondsBetween(startedNs, this.#node.nowNs());
          resolve(resultMessage(ending, reason, this.#ticksOf(goal), durationSec));
        },
      };
      this.#goal = goal;
      this.#options.begin(instruction);
    });
  }

  #finish(ending: Ending, reason: string): void {
    const goal = this.#goal;
    if (!goal) return;
    this.#goal = undefined;
    this.#options.end();
    goal.finish(ending, reason);
  }

  #watch(): void {
    const goal = this.#goal;
    if (!goal) return;
    if (secondsBetween(goal.startedNs, this.#node.nowNs()) >= goal.timeoutSec) {
      this.#finish('TIMEOUT', `ran for ${goal.timeoutSec} s`);
      return;
    }
    const { planAgeSec, plannerHz, expertHz } = this.#options.progress();
    const isActing = this.#report?.status === 'RUNNING' || this.#report?.status === 'LIMITED';
    goal.handle.publishFeedback({
      phase: planAgeSec === undefined ? 'planning' : isActing ? 'acting' : 'holding',
      plan_age: planAgeSec ?? 0,
      planner_rate: plannerHz,
      expert_rate: expertHz,
      ticks: this.#ticksOf(goal),
    });
  }

  #ticksOf({ startTick }: RunningGoal): bigint {
    const now = this.#report?.ticksConsumed ?? 0;
    return BigInt(Math.max(0, now - (startTick ?? now)));
  }
}

function resultMessage(ending: Ending, reason: string, ticks: bigint, durationSec: number) {
  const { Result } = rclnodejs.require(ACTION);
  return Object.assign(new Result(), {
    ended: ENDINGS.indexOf(ending),
    reason,
    ticks,
    duration: durationSec,
  });
}
