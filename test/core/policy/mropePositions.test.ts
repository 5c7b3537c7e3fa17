import assert from 'node:assert/strict';
import { mropePositions } from '../../../core/policy/mropePositions.ts';

const PAD = 9;
const chat = { imageTokenId: PAD, padsPerView: 6, grid: [2, 3] } as const;

function rowsOf(tokens: readonly number[]) {
  const { ids, next } = mropePositions(tokens, chat);
  assert.deepEqual(ids.shape, [3, 1, tokens.length]);
  const all = Array.from(ids.data, Number);
  const rows = [0, 1, 2].map((axis) =>
    all.slice(axis * tokens.length, (axis + 1) * tokens.length).join(' '),
  );
  return { rows, next };
}

describe('mropePositions', () => {
  it('numbers words alike on all axes', () => {
    assert.deepEqual(rowsOf([5, 6, 7]), { rows: ['0 1 2', '0 1 2', '0 1 2'], next: 3 });
    assert.deepEqual(rowsOf([]), { rows: ['', '', ''], next: 0 });
  });

  it('lays pictures out on their grid and goes on after the longer side', () => {
    const picture = Array<number>(6).fill(PAD);
    assert.deepEqual(rowsOf([5, ...picture, 6, 7]), {
      rows: ['0 1 1 1 1 1 1 4 5', '0 1 1 1 2 2 2 4 5', '0 1 2 3 1 2 3 4 5'],
      next: 6,
    });
    assert.deepEqual(rowsOf([...picture, ...picture, 5]), {
      rows: ['0 0 0 0 0 0 3 3 3 3 3 3 6', '0 0 0 1 1 1 3 3 3 4 4 4 6', '0 1 2 0 1 2 3 4 5 3 4 5 6'],
      next: 7,
    });
  });

  it('refuses a part of a picture', () => {
    assert.throws(() => rowsOf([5, PAD, PAD, 6]), /6 tokens, found 2 at token 3/);
  });
});
