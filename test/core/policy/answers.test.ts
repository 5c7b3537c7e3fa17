import assert from 'node:assert/strict';
import { GraphAnswerNetwork } from '../../../core/policy/AnswerNetwork.ts';
import { decodeAnswer } from '../../../core/policy/decodeAnswer.ts';
import type { GraphRunner, TensorMap } from '../../../core/policy/GraphRunner.ts';
import { type FloatTensor, floatTensor, intTensor } from '../../../core/policy/Tensor.ts';

const END = 3;
const prompt = {
  inputIds: intTensor(BigInt64Array.of(7n, 8n), [1, 2]),
  positionIds: intTensor(new BigInt64Array(6), [3, 1, 2]),
  nextPosition: 5,
};
const imageFeatures = floatTensor(Float32Array.of(1), [1, 1, 1]);
const spec = { maxNewTokens: 10, eosIds: [END] };

/** Says these tokens one after another; its cache is a list of all that it was fed. */
class FakeGraphs implements GraphRunner {
  readonly calls: { readonly graph: string; readonly inputs: TensorMap }[] = [];
  readonly #script: readonly number[];

  constructor(script: readonly number[]) {
    this.#script = script;
  }

  run(graph: string, inputs: TensorMap): Promise<Record<string, FloatTensor>> {
    const next = this.#script[this.calls.length] ?? END;
    this.calls.push({ graph, inputs: structuredClone(inputs) });
    const past = (inputs['past_keys']?.data ?? []) as ArrayLike<number>;
    const fed = Array.from(inputs['input_ids']!.data as BigInt64Array, Number);
    const cache = Float32Array.from([...Array.from(past), ...fed]);
    const keys = floatTensor(cache, [1, 1, 1, cache.length, 1]);
    const logits = Float32Array.from({ length: 10 }, (_, id) =>
      id === next ? 2 : id === 9 ? 2 : 0,
    );
    return Promise.resolve({ logits: floatTensor(logits, [1, 10]), keys, values: keys });
  }
}

function decode(script: readonly number[], limits = spec, isWanted?: () => boolean) {
  const graphs = new FakeGraphs(script);
  const network = new GraphAnswerNetwork(graphs);
  const answer = decodeAnswer(network, { prompt, imageFeatures }, limits, isWanted);
  return answer.then((decoded) => ({ decoded, calls: graphs.calls }));
}

describe('decodeAnswer', () => {
  it('says token after token until the one that ends it, the first of equals', async () => {
    const { decoded, calls } = await decode([4, 5, 6]);
    assert.deepEqual(decoded, { ids: [4, 5, 6], isComplete: true });
    assert.deepEqual(
      calls.map(({ graph }) => graph),
      ['planner_llm_kv', ...Array<string>(3).fill('planner_llm_decode')],
    );
  });

  it('feeds each step the last token, its position, and the cache of all before', async () => {
    const { calls } = await decode([4, 5]);
    const last = calls.at(-1)!.inputs;
    assert.deepEqual(last['input_ids'], intTensor(BigInt64Array.of(5n), [1, 1]));
    assert.deepEqual(last['position_ids'], intTensor(BigInt64Array.of(6n, 6n, 6n), [3, 1, 1]));
    assert.deepEqual([...last['past_keys']!.data], [7, 8, 4]);
    assert.deepEqual(last['past_keys'], last['past_values']);
    assert.deepEqual(Object.keys(calls[0]!.inputs).sort(), [
      'image_features',
      'input_ids',
      'position_ids',
    ]);
  });

  it('stops at the most tokens that are allowed', async () => {
    const { decoded, calls } = await decode([4, 5, 6], { ...spec, maxNewTokens: 2 });
    assert.deepEqual(decoded, { ids: [4, 5], isComplete: false });
    assert.equal(calls.length, 2);
  });

  it('gives up before the next token once nobody wants the answer', async () => {
    let left = 2;
    const { decoded, calls } = await decode([4, 5, 6], spec, () => left-- > 0);
    assert.equal(decoded, undefined);
    assert.equal(calls.length, 2);
    assert.equal((await decode([4], spec, () => false)).calls.length, 0);
  });

  it('says nothing where the first token is the end', async () => {
    assert.deepEqual((await decode([END])).decoded, { ids: [], isComplete: true });
  });
});

describe('GraphAnswerNetwork', () => {
  it('begins with a question', async () => {
    const network = new GraphAnswerNetwork(new FakeGraphs([4]));
    await assert.rejects(network.forward({ step: 'token', id: 4, position: 1 }), /with a question/);
  });
});
