import type { EncodedPrompt } from '../../core/policy/PromptEncoder.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import type { PolicyLoop } from './PolicyLoop.ts';
import type { PolicyStatistics } from './PolicyStatistics.ts';
import { TaskServer } from './TaskServer.ts';

export type InstructionDeskOptions = {
  readonly loop: PolicyLoop;
  readonly statistics: PolicyStatistics;
  readonly checkInstruction: (instruction: string) => EncodedPrompt;
  /** Makes a new epoch known at once, so that the arm does not go on with the old instruction. */
  readonly announce: (epoch: number) => void;
};

/** Takes instructions from the topic and from goals of `execute_task`; each begins an epoch. */
export class InstructionDesk {
  readonly tasks: TaskServer;
  readonly #node: ManagedNode;
  readonly #options: InstructionDeskOptions;

  constructor(node: ManagedNode, options: InstructionDeskOptions) {
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

  /** @param instruction undefined: there is nothing to do any more */
  begin(instruction: string | undefined): void {
    const { loop, announce } = this.#options;
    const epoch = loop.begin(instruction);
    announce(epoch);
    this.#node.getLogger().info(`epoch ${epoch}: ${instruction ?? 'no instruction'}`);
  }

  #take(instruction: string): void {
    const reason = this.#refusal(instruction);
    this.#options.statistics.instruction(reason);
    if (reason !== undefined) {
      this.#node.getLogger().warn(`instruction refused: ${reason}`);
      return;
    }
    this.tasks.supersede('by the instruction topic');
    this.begin(instruction);
  }

  /** Why an instruction cannot be carried out; undefined where it can. */
  #refusal(instruction: string): string | undefined {
    const prompt = this.#options.checkInstruction(instruction);
    if (!prompt.ok) return prompt.reason;
    if (prompt.unknownWords.length === 0) return undefined;
    const words = prompt.unknownWords.join(', ');
    this.#node.getLogger().warn(`words that the model does not know: ${words}`);
    return undefined;
  }
}
