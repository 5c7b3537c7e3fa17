import type { AnswerKind } from '../../core/plan/AnswerKind.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import type { PlannerAnswer } from '../../core/policy/Planner.ts';
import type { TextAnswer, TextAnswers } from '../../core/policy/TextAnswers.ts';

export type SpatialQuestionQueueOptions = {
  readonly answers: Pick<TextAnswers, 'ask'>;
  /** Each question of `kinds` is asked once in this number of plans; 0: never. */
  readonly every: number;
  readonly kinds: readonly AnswerKind[];
  readonly epoch: () => number;
  /** Gets the answered plans of the regular questions. */
  readonly publish: (plan: SpatialPlan) => void;
  readonly onError: (error: unknown) => void;
};

export type AnswerCounts = {
  readonly read: number;
  readonly unreadable: number;
  /** Not finished, since a new epoch began or a client asked a question. */
  readonly abandoned: number;
  /** Not begun, since the one before was still being answered. */
  readonly skipped: number;
};

/** Why a client gets no answer. */
export class Abandoned extends Error {}

/**
 * Has questions about the newest plan answered, one at a time: regular ones, and those of clients, which
 * go first. Neither planner nor expert waits for an answer.
 */
export class SpatialQuestionQueue {
  readonly #options: SpatialQuestionQueueOptions;
  #newest: PlannerAnswer | undefined;
  #plans = 0;
  /** Of the epoch and the questions that count; what was begun under another one is abandoned. */
  #turn = 0;
  #regular: Promise<void> | undefined;
  #isAsked = false;
  #counts = { read: 0, unreadable: 0, abandoned: 0, skipped: 0 };
  #last: TextAnswer | undefined;

  constructor(options: SpatialQuestionQueueOptions) {
    this.#options = options;
  }

  get counts(): AnswerCounts {
    return this.#counts;
  }

  get last(): TextAnswer | undefined {
    return this.#last;
  }

  /** A plan was made: the newest one, and perhaps the turn of a regular question. */
  planned(answer: PlannerAnswer): void {
    if (answer.plan.epoch !== this.#newest?.plan.epoch) this.#plans = 0;
    this.#newest = answer;
    const { every, onError } = this.#options;
    if (every === 0 || this.#plans++ % every !== 0) return;
    if (this.#regular || this.#isAsked) {
      this.#counts.skipped++;
      return;
    }
    this.#regular = this.#askRegularly(answer)
      .catch(onError)
      .finally(() => (this.#regular = undefined));
  }

  /**
   * Answers about the newest plan, by its instruction unless another is given. Rejects with
   * `Abandoned` when a new epoch begins, and before the first plan.
   */
  async ask(kind: AnswerKind, instruction: string): Promise<TextAnswer> {
    if (this.#isAsked) throw new Abandoned('another question is being answered');
    const about = this.#newest;
    if (about?.plan.epoch !== this.#options.epoch()) throw new Abandoned('there is no plan yet');
    this.#isAsked = true;
    this.#turn++;
    try {
      await this.#regular;
      const answer = await this.#answer(kind, about, instruction || about.plan.instruction);
      if (!answer) throw new Abandoned('a new epoch began before the answer was complete');
      return answer;
    } finally {
      this.#isAsked = false;
    }
  }

  async #askRegularly(about: PlannerAnswer): Promise<void> {
    const { kinds, publish } = this.#options;
    let { plan } = about;
    const texts: string[] = [];
    for (const kind of kinds) {
      const answer = await this.#answer(kind, about, plan.instruction);
      if (!answer) return;
      texts.push(answer.plan.rawText);
      const latencySec = plan.latencySec + answer.plan.latencySec;
      plan = { ...plan, [kind]: answer.plan[kind], rawText: texts.join('\n'), latencySec };
    }
    publish(plan);
  }

  async #answer(
    kind: AnswerKind,
    about: PlannerAnswer,
    instruction: string,
  ): Promise<TextAnswer | undefined> {
    const { answers, epoch } = this.#options;
    const turn = this.#turn;
    const isWanted = () => turn === this.#turn && epoch() === about.plan.epoch;
    const answer = await answers.ask({ kind, about, instruction }, isWanted);
    if (!answer || !isWanted()) {
      this.#counts.abandoned++;
      return undefined;
    }
    this.#counts[answer.reading.isReadable ? 'read' : 'unreadable']++;
    this.#last = answer;
    return answer;
  }
}
