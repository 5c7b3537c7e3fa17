import type { ModelSpec } from './ModelSpec.ts';
import { type IntTensor, intTensor } from './Tensor.ts';

/** Characters that an instruction may have. */
export const MAX_INSTRUCTION_LENGTH = 512;

/** Text to token ids; an adapter over the package's tokenizer. */
export interface Tokenizer {
  encode(text: string): readonly number[];
}

export type EncodedPrompt =
  | {
      readonly ok: true;
      readonly inputIds: IntTensor;
      /** Words of the instruction that the tokenizer has no token for. */
      readonly unknownWords: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/**
 * What the planner reads: the instruction set into the template. Marks that close the sentence are
 * dropped, since the template has its own.
 */
export function buildPrompt(
  instruction: string,
  { template, lowercase }: Pick<ModelSpec['prompt'], 'template' | 'lowercase'>,
): string {
  const sentence = instruction.trim().replace(/[\s.!?。]+$/u, '');
  const text = lowercase ? sentence.toLowerCase() : sentence;
  return template.replace('{instruction}', () => text);
}

/** Turns instructions into the planner's `input_ids`, or into the reason why they are refused. */
export class PromptEncoder {
  readonly #spec: Pick<ModelSpec, 'prompt' | 'tokenizer'>;
  readonly #tokenizer: Tokenizer;
  readonly #isPadded: boolean;

  constructor(spec: Pick<ModelSpec, 'prompt' | 'tokenizer' | 'graphs'>, tokenizer: Tokenizer) {
    this.#spec = spec;
    this.#tokenizer = tokenizer;
    const length = spec.graphs.planner_llm.inputs.get('input_ids')?.shape[1];
    this.#isPadded = typeof length === 'number';
  }

  encode(instruction: string): EncodedPrompt {
    const { prompt, tokenizer } = this.#spec;
    if (!/[\p{L}\p{N}]/u.test(instruction))
      return { ok: false, reason: 'the instruction has no words' };
    if (instruction.length > MAX_INSTRUCTION_LENGTH) {
      const found = `${instruction.length} characters, at most ${MAX_INSTRUCTION_LENGTH}`;
      return { ok: false, reason: `the instruction has ${found} are read` };
    }
    const ids = this.#tokenizer.encode(buildPrompt(instruction, prompt));
    if (ids.length > prompt.maxTokens) {
      const found = `${ids.length} tokens, at most ${prompt.maxTokens}`;
      return { ok: false, reason: `the prompt of this instruction has ${found} are read` };
    }
    const length = this.#isPadded ? prompt.maxTokens : ids.length;
    const padded = new BigInt64Array(length).fill(BigInt(tokenizer.padId));
    ids.forEach((id, i) => (padded[i] = BigInt(id)));
    const inputIds = intTensor(padded, [1, length]);
    return { ok: true, inputIds, unknownWords: this.#unknownWords(instruction, ids) };
  }

  #unknownWords(instruction: string, ids: readonly number[]): string[] {
    const { unknownId } = this.#spec.tokenizer;
    if (unknownId === undefined || !ids.includes(unknownId)) return [];
    const { lowercase } = this.#spec.prompt;
    const words = (lowercase ? instruction.toLowerCase() : instruction).match(/[\p{L}\p{N}'-]+/gu);
    return [...new Set(words)].filter((word) => this.#tokenizer.encode(word).includes(unknownId));
  }
}
