/** Text to token ids and back; an adapter over the package's tokenizer. */
export interface Tokenizer {
  /** Words that stand for something else than themselves, such as the end of a turn. */
  readonly specialTokens: readonly string[];
  encode(text: string): readonly number[];
  /** Leaves special tokens out. */
  decode(ids: readonly number[]): string;
}
