import type { AnswerKind } from '../plan/AnswerKind.ts';
import { type SpatialReading, readSpatialText } from '../plan/readSpatialText.ts';
import type { SpatialPlan } from '../plan/SpatialPlan.ts';
import type { AnswerNetwork } from './AnswerNetwork.ts';
import { decodeAnswer } from './decodeAnswer.ts';
import type { TextSpec } from './ModelSpec.ts';
import type { Clock, PlannerAnswer } from './Planner.ts';
import type { PromptEncoder } from './PromptEncoder.ts';
import type { Tokenizer } from './Tokenizer.ts';

/** An answer in words to a question about what the planner saw. */
export type TextAnswer = {
  readonly kind: AnswerKind;
  /** The plan that was asked about, with the words and what could be read from them. */
  readonly plan: SpatialPlan;
  readonly reading: SpatialReading;
  readonly ids: readonly number[];
};

export type TextQuestion = {
  readonly kind: AnswerKind;
  /** What the planner saw when it made this plan is what the question is about. */
  readonly about: PlannerAnswer;
  readonly instruction: string;
};

/** Has the planner say where things are. Takes as long as the words are many. */
export class TextAnswers {
  readonly #spec: TextSpec;
  readonly #prompts: Pick<PromptEncoder, 'encodeQuestion'>;
  readonly #tokenizer: Pick<Tokenizer, 'decode'>;
  readonly #open: () => Promise<AnswerNetwork>;
  readonly #clock: Clock;

  constructor(
    spec: TextSpec,
    parts: {
      readonly prompts: Pick<PromptEncoder, 'encodeQuestion'>;
      readonly tokenizer: Pick<Tokenizer, 'decode'>;
      /** Gives the network that answers, which may have to be loaded first. */
      readonly open: () => Promise<AnswerNetwork>;
      readonly clock: Clock;
    },
  ) {
    this.#spec = spec;
    this.#prompts = parts.prompts;
    this.#tokenizer = parts.tokenizer;
    this.#open = parts.open;
    this.#clock = parts.clock;
  }

  /** Resolves to `undefined` where `isWanted` said no before the end. One question at a time. */
  async ask(
    { kind, about, instruction }: TextQuestion,
    isWanted: () => boolean = () => true,
  ): Promise<TextAnswer | undefined> {
    const startSec = this.#clock();
    const prompt = this.#prompts.encodeQuestion(kind, instruction);
    if (!prompt.ok) throw new Error(prompt.reason);
    const { imageFeatures, plan } = about;
    if (!imageFeatures) throw new Error(`plan ${plan.id} does not tell what the planner saw`);
    const network = await this.#open();
    const decoded = await decodeAnswer(network, { prompt, imageFeatures }, this.#spec, isWanted);
    if (!decoded) return undefined;
    const { ids, isComplete } = decoded;
    const rawText = this.#tokenizer.decode(ids);
    const reading = readSpatialText(rawText, kind, { ...this.#spec.coordinates, isComplete });
    const { boxes, points, trajectory } = reading;
    const latencySec = this.#clock() - startSec;
    const answered = { ...plan, instruction, boxes, points, trajectory, rawText, latencySec };
    return { kind, plan: answered, reading, ids };
  }
}
