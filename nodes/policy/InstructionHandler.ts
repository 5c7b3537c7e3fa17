import { isSameInstruction } from '../../core/text/instruction.ts';
import type { InstructionCheck } from '../../adapters/model/createPolicy.ts';
import { printable } from '../../core/text/printable.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import type { PolicyLoop } from './PolicyLoop.ts';
import type { PolicyStatistics } from './PolicyStatistics.ts';
import { TaskServer } from './TaskServer.ts';

export type InstructionHandlerOptions = {
  readonly loop: PolicyLoop;
  readonly statistics: PolicyStatistics;
  readonly checkInstruction: (instruction: string) => InstructionCheck;
  /** Makes a new epoch known at once, so that the arm does not continue with the old instruction. */
  readonly announce: (epoch: number) => void;
};

/** Between two log lines about what comes again and again. */
const LOG_INTERVAL_MS = 5000;

/**
 * Takes instructions from the topic and from goals of `execute_task`; each begins an epoch. The
 * sentence that is followed already changes nothing when it comes on the topic, since many publish
 * it again and again; a goal says expressly that it is meant once more.
 */
export class InstructionHandler {
  readonly tasks: TaskServer;
  readonly #node: ManagedNode;
  readonly #options: InstructionHandlerOptions;
  #hasNotedRepetition = false;
  #lastRefusalMs = -Infinity;

  constructor(node: ManagedNode, options: InstructionHandlerOptions) {
    this.#node = node;
    this.#options = options;
    const { loop } = options;
    this.tasks = new TaskServer(node, {
      refusal: (instruction) => this.#refusal(instruction),
      begin: (instruction) => this.begin(instruction),
      end: () => this.begin(undefined),
      progress: () => ({
        planAgeSec: loop.scheduler.planAgeSec(node.nowNs()),
        plannerHz: loop.planner.rateHz(node.nowNs()),
        expertHz: loop.expert.rateHz(node.nowNs()),
      }),
    });
    node.listenToAll('std_msgs/msg/String', 'instruction', ({ data }) => this.#take(data));
  }

  /** @param instruction undefined if the task has ended */
  begin(instruction: string | undefined): void {
    const { loop, announce } = this.#options;
    const epoch = loop.begin(instruction);
    this.#hasNotedRepetition = false;
    announce(epoch);
    this.#node.getLogger().info(`epoch ${epoch}: ${printable(instruction ?? 'no instruction')}`);
  }

  #take(instruction: string): void {
    const { loop, statistics } = this.#options;
    const running = loop.scheduler.instruction;
    if (running !== undefined && isSameInstruction(instruction, running)) {
      this.#noteRepetition();
      return;
    }
    const reason = this.#refusal(instruction);
    statistics.instruction(reason);
    if (reason !== undefined) {
      this.#logRefusal(reason);
      return;
    }
    this.tasks.supersede('by the instruction topic');
    this.begin(instruction);
  }

  #noteRepetition(): void {
    this.#options.statistics.repetition();
    if (this.#hasNotedRepetition) return;
    this.#hasNotedRepetition = true;
    const how = 'a goal of execute_task begins it once more';
    this.#node.getLogger().info(`the instruction was repeated, which changes nothing: ${how}`);
  }

  #logRefusal(reason: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastRefusalMs < LOG_INTERVAL_MS) return;
    this.#lastRefusalMs = nowMs;
    this.#node.getLogger().warn(`instruction refused: ${reason}`);
  }

  /** Why an instruction cannot be carried out, or undefined if it can. */
  #refusal(instruction: string): string | undefined {
    const prompt = this.#options.checkInstruction(instruction);
    if (!prompt.ok) return prompt.reason;
    if (prompt.unknownWords.length === 0) return undefined;
    const words = printable(prompt.unknownWords.join(', '));
    this.#node.getLogger().warn(`words that the model does not know: ${words}`);
    return undefined;
  }
}
