import type { AnswerNetwork } from './AnswerNetwork.ts';
import type { TextSpec } from './ModelSpec.ts';
import type { Prompt } from './PromptEncoder.ts';
import type { FloatTensor } from './Tensor.ts';

export type DecodedIds = {
  /** Without the one that ends an answer. */
  readonly ids: readonly number[];
  /** False where the answer was cut off at the most tokens that are allowed. */
  readonly isComplete: boolean;
};

/**
 * The likeliest answer, token by token. `isWanted` is asked before each token; resolves to
 * `undefined` once it says no.
 */
export async function decodeAnswer(
  network: AnswerNetwork,
  question: { readonly prompt: Prompt; readonly imageFeatures: FloatTensor },
  { maxNewTokens, eosIds }: Pick<TextSpec, 'maxNewTokens' | 'eosIds'>,
  isWanted: () => boolean = () => true,
): Promise<DecodedIds | undefined> {
  const { prompt, imageFeatures } = question;
  const { inputIds, positionIds, nextPosition } = prompt;
  if (!positionIds) throw new Error('questions need a prompt with positions');
  if (!isWanted()) return undefined;
  let id = await network.forward({ step: 'question', inputIds, positionIds, imageFeatures });
  const ids: number[] = [];
  while (!eosIds.includes(id)) {
    ids.push(id);
    if (ids.length === maxNewTokens) return { ids, isComplete: false };
    if (!isWanted()) return undefined;
    id = await network.forward({ step: 'token', id, position: nextPosition + ids.length - 1 });
  }
  return { ids, isComplete: true };
}
