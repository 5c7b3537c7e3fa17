import assert from 'node:assert/strict';
import type { AnswerNetwork } from '../../../core/policy/AnswerNetwork.ts';
import type { TextSpec } from '../../../core/policy/ModelSpec.ts';
import { TextAnswers } from '../../../core/policy/TextAnswers.ts';
import { floatTensor, intTensor } from '../../../core/policy/Tensor.ts';

const END = 0;
const WORDS = ['', '4,', '3,', '8,', '6'];
const question = 'where is {instruction}?';
const spec: TextSpec = {
  mode: 'text',
  questions: { boxes: question, points: question, trajectory: question },
  coordinates: { width: 16, height: 12 },
  maxNewTokens: 4,
  eosIds: [END],
};
const noTokens = floatTensor(new Float32Array(1), [1, 1, 1]);
const about = {
  plan: {
    id: 1n,
    observationId: 1n,
    stampNs: 0n,
    epoch: 0,
    instruction: 'the cup',
    view: 'front',
    boxes: [],
    points: [],
    trajectory: [],
    rawText: '',
    latencySec: 0,
  },
  tokens: { planId: 1n, observationId: 1n, stampNs: 0n, epoch: 0, vlmProj: noTokens },
  imageFeatures: noTokens,
};

/** Asks for boxes of a model that says the numbers of one, and may say so many tokens. */
async function ask(maxNewTokens: number) {
  let said = 0;
  const network: AnswerNetwork = { forward: () => Promise.resolve(++said % WORDS.length) };
  let seconds = 0;
  const answers = new TextAnswers(
    { ...spec, maxNewTokens },
    {
      prompts: {
        encodeQuestion: () => ({
          ok: true,
          inputIds: intTensor(new BigInt64Array(1), [1, 1]),
          positionIds: intTensor(new BigInt64Array(3), [3, 1, 1]),
          nextPosition: 1,
          unknownWords: [],
        }),
      },
      tokenizer: { decode: (ids) => ids.map((id) => WORDS[id]).join(' ') },
      open: () => Promise.resolve(network),
      clock: () => seconds++,
    },
  );
  return (await answers.ask({ kind: 'boxes', about, instruction: 'the cup' }))!;
}

describe('TextAnswers', () => {
  it('reads an answer that was said to its end', async () => {
    const { plan, reading } = await ask(5);
    assert.deepEqual(plan.boxes, [{ label: '', x1: 0.25, y1: 0.25, x2: 0.5, y2: 0.5, score: 1 }]);
    assert.deepEqual([plan.rawText, plan.latencySec], ['4, 3, 8, 6', 1]);
    assert.deepEqual(reading.problems, []);
  });

  it('does not read numbers of which the last may have been cut off', async () => {
    const { plan, reading } = await ask(4);
    assert.deepEqual(plan.boxes, []);
    assert.equal(plan.rawText, '4, 3, 8, 6');
    assert.deepEqual(reading.problems, ['the answer ends in the middle']);
  });
});
