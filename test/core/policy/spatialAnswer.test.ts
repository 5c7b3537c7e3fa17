import assert from 'node:assert/strict';
import { spatialAnswer } from '../../../core/policy/spatialAnswer.ts';
import { floatTensor } from '../../../core/policy/Tensor.ts';

function tensor(...values: readonly number[]) {
  return floatTensor(Float32Array.from(values), [1, values.length]);
}

const output = {
  boxes: tensor(0.75, -0.5, 0.25, 1.5),
  points: tensor(0.5, 1.25, 0.25, 0.5),
  pointScores: tensor(2, 0.5),
  trajectory: tensor(0.5, 0.25, -1, 0.75),
  boxScores: undefined,
};
const spec = {
  mode: 'heads',
  boxes: ['source'],
  points: ['pick', 'place'],
  trajectory: 2,
} as const;

describe('spatialAnswer', () => {
  it('labels the numbers, clamps them and orders the corners of a box', () => {
    assert.deepEqual(spatialAnswer(output, spec), {
      boxes: [{ label: 'source', x1: 0.25, y1: 0, x2: 0.75, y2: 1, score: 1 }],
      points: [
        { label: 'pick', x: 0.5, y: 1, score: 1 },
        { label: 'place', x: 0.25, y: 0.5, score: 0.5 },
      ],
      trajectory: [
        { x: 0.5, y: 0.25 },
        { x: 0, y: 0.75 },
      ],
    });
  });

  it('takes the scores of boxes where the model gives them', () => {
    const { boxes } = spatialAnswer({ ...output, boxScores: tensor(0.125) }, spec);
    assert.equal(boxes[0]!.score, 0.125);
  });
});
