import type { AnswerKind } from '../plan/AnswerKind.ts';
import { instructionFault } from '../text/instruction.ts';
import { buildChat, buildPrompt, sentenceOf } from './buildPrompt.ts';
import type { ModelSpec } from './ModelSpec.ts';
import { mropePositions } from './mropePositions.ts';
import { type IntTensor, intTensor } from './Tensor.ts';
import type { Tokenizer } from './Tokenizer.ts';

/** What a language model reads, pictures apart. */
export type Prompt = {
  readonly inputIds: IntTensor;
  /** Of a model that places its tokens itself; absent where the graph does. */
  readonly positionIds: IntTensor | undefined;
  /** Where an answer begins. */
  readonly nextPosition: number;
};

export type EncodedPrompt =
  | (Prompt & {
      readonly ok: true;
      /** Words of the instruction that the tokenizer has no token for. */
      readonly unknownWords: readonly string[];
    })
  | { readonly ok: false; readonly reason: string };

type PromptParts = Pick<ModelSpec, 'prompt' | 'tokenizer' | 'spatial' | 'image' | 'graphs'>;

/** Turns instructions into what the planner reads, or into the reason why they are refused. */
export class PromptEncoder {
  readonly #spec: PromptParts;
  readonly #tokenizer: Tokenizer;
  readonly #isPadded: boolean;

  constructor(spec: PromptParts, tokenizer: Tokenizer) {
    this.#spec = spec;
    this.#tokenizer = tokenizer;
    const length = spec.graphs.planner_llm.inputs.get('input_ids')?.shape[1];
    this.#isPadded = typeof length === 'number';
  }

  /** The prompt to act by. */
  encode(instruction: string): EncodedPrompt {
    return this.#encode(instruction, this.#spec.prompt.template);
  }

  /** The prompt that asks where things are; refused where the model does not answer in words. */
  encodeQuestion(kind: AnswerKind, instruction: string): EncodedPrompt {
    const { spatial } = this.#spec;
    if (spatial.mode !== 'text') return refuse('the model does not answer in words');
    return this.#encode(instruction, spatial.questions[kind]);
  }

  #encode(instruction: string, template: string): EncodedPrompt {
    const { prompt, image } = this.#spec;
    const fault = this.#faultOf(instruction);
    if (fault !== undefined) return refuse(fault);
    const text = buildPrompt(sentenceOf(instruction, prompt), template);
    const ids = this.#tokenizer.encode(
      prompt.chat ? buildChat(text, prompt.chat, image.views.length) : text,
    );
    if (ids.length > prompt.maxTokens) {
      const found = `${ids.length} tokens, at most ${prompt.maxTokens}`;
      return refuse(`the prompt of this instruction has ${found} are read`);
    }
    const unknownWords = this.#unknownWords(instruction, ids);
    return { ok: true, ...this.#tensors(ids), unknownWords };
  }

  #faultOf(instruction: string): string | undefined {
    const fault = instructionFault(instruction);
    if (fault !== undefined) return fault;
    // Lower case may make one of what was none.
    const read = [instruction, sentenceOf(instruction, this.#spec.prompt)];
    const special = this.#tokenizer.specialTokens.find((token) =>
      read.some((text) => text.includes(token)),
    );
    if (special !== undefined) return `the instruction has ${special}, a word of the model's own`;
    return undefined;
  }

  #tensors(ids: readonly number[]): Prompt {
    const { prompt, tokenizer } = this.#spec;
    const length = this.#isPadded ? prompt.maxTokens : ids.length;
    const padded = new BigInt64Array(length).fill(BigInt(tokenizer.padId));
    ids.forEach((id, i) => (padded[i] = BigInt(id)));
    const inputIds = intTensor(padded, [1, length]);
    if (!prompt.chat) return { inputIds, positionIds: undefined, nextPosition: ids.length };
    const { ids: positionIds, next } = mropePositions(Array.from(padded, Number), prompt.chat);
    return { inputIds, positionIds, nextPosition: next };
  }

  #unknownWords(instruction: string, ids: readonly number[]): string[] {
    const { unknownId } = this.#spec.tokenizer;
    if (unknownId === undefined || !ids.includes(unknownId)) return [];
    const { lowercase } = this.#spec.prompt;
    const words = (lowercase ? instruction.toLowerCase() : instruction).match(/[\p{L}\p{N}'-]+/gu);
    return [...new Set(words)].filter((word) => this.#tokenizer.encode(word).includes(unknownId));
  }
}

function refuse(reason: string): EncodedPrompt {
  return { ok: false, reason };
}
