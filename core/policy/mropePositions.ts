import type { ChatSpec } from './ModelSpec.ts';
import { type IntTensor, intTensor } from './Tensor.ts';

export type MropePositions = {
  /** int64 [3,1,L]: time, row and column of each token. */
  readonly ids: IntTensor;
  /** Where the text would continue after the last token. */
  readonly next: number;
};

/**
 * Positions of multimodal rotary embedding (Qwen2-VL): a word has one number for all three axes; a
 * picture that begins at s has time s, rows s + i and columns s + j, and what follows it continues
 * after the longer side.
 *
 * @throws RangeError when a run of picture tokens is no whole number of pictures
 */
export function mropePositions(
  tokens: readonly number[],
  { imageTokenId, padsPerView, grid }: Pick<ChatSpec, 'imageTokenId' | 'padsPerView' | 'grid'>,
): MropePositions {
  const length = tokens.length;
  const data = new BigInt64Array(3 * length);
  const place = (i: number, time: number, row: number, column: number) => {
    data[i] = BigInt(time);
    data[length + i] = BigInt(row);
    data[2 * length + i] = BigInt(column);
  };
  const [rows, columns] = grid;
  let next = 0;
  for (let i = 0; i < length;) {
    if (tokens[i] !== imageTokenId) {
      place(i++, next, next, next);
      next++;
      continue;
    }
    for (let pad = 0; pad < padsPerView; pad++, i++) {
      if (tokens[i] !== imageTokenId) {
        throw new RangeError(`a picture has ${padsPerView} tokens, found ${pad} at token ${i}`);
      }
      place(i, next, next + Math.floor(pad / columns), next + (pad % columns));
    }
    next += Math.max(rows, columns);
  }
  return { ids: intTensor(data, [3, 1, length]), next };
}
