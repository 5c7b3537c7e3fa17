import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import type { Tokenizer } from '../../core/policy/PromptEncoder.ts';

/** A `tokenizer.json` in the format of Hugging Face's tokenizers. */
export class HuggingFaceTokenizer implements Tokenizer {
  readonly #tokenizer: HfTokenizer;
  readonly #options: { readonly add_special_tokens: boolean };

  /** Throws when the JSON is no tokenizer. */
  constructor(json: object, { addSpecialTokens }: { readonly addSpecialTokens: boolean }) {
    // The library takes the unknown token of a WordLevel model from its second argument only.
    const { model } = json as { model?: { unk_token?: string | null } };
    this.#tokenizer = new HfTokenizer(json, { unk_token: model?.unk_token });
    this.#options = { add_special_tokens: addSpecialTokens };
  }

  encode(text: string): readonly number[] {
    const ids: readonly (number | undefined)[] = this.#tokenizer.encode(text, this.#options).ids;
    return ids.map((id, i) => {
      if (id !== undefined) return id;
      throw new Error(`the tokenizer has no id for token ${i + 1} of ${JSON.stringify(text)}`);
    });
  }
}
