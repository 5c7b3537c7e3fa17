import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import type { Tokenizer } from '../../core/policy/Tokenizer.ts';

type TokenizerJson = {
  readonly model?: { readonly unk_token?: string | null };
  readonly added_tokens?: readonly { readonly content: string; readonly special: boolean }[];
};

/** A `tokenizer.json` in the format of Hugging Face's tokenizers. */
export class HuggingFaceTokenizer implements Tokenizer {
  readonly specialTokens: readonly string[];
  readonly #tokenizer: HfTokenizer;
  readonly #options: { readonly add_special_tokens: boolean };

  /** Throws when the JSON is no tokenizer. */
  constructor(json: object, { addSpecialTokens }: { readonly addSpecialTokens: boolean }) {
    // The library takes the unknown token of a WordLevel model from its second argument only.
    const { model, added_tokens: added = [] } = json as TokenizerJson;
    this.#tokenizer = new HfTokenizer(json, { unk_token: model?.unk_token });
    this.#options = { add_special_tokens: addSpecialTokens };
    this.specialTokens = added.filter(({ special }) => special).map(({ content }) => content);
  }

  encode(text: string): readonly number[] {
    const ids: readonly (number | undefined)[] = this.#tokenizer.encode(text, this.#options).ids;
    return ids.map((id, i) => {
      if (id !== undefined) return id;
      throw new Error(`the tokenizer has no id for token ${i + 1} of ${JSON.stringify(text)}`);
    });
  }

  decode(ids: readonly number[]): string {
    // The library cannot decode nothing.
    if (ids.length === 0) return '';
    const options = { skip_special_tokens: true, clean_up_tokenization_spaces: false };
    return this.#tokenizer.decode([...ids], options);
  }
}
