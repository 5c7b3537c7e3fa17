import assert from 'node:assert/strict';
import type { Dimension, GraphSpec, ModelSpec } from '../../../core/policy/ModelSpec.ts';
import { buildChat, buildPrompt, sentenceOf } from '../../../core/policy/buildPrompt.ts';
import { PromptEncoder } from '../../../core/policy/PromptEncoder.ts';
import type { Tokenizer } from '../../../core/policy/Tokenizer.ts';

const pixels = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
const IMAGE: ModelSpec['image'] = {
  width: 1,
  height: 1,
  resample: 'bicubic',
  views: ['front', 'wrist'],
  planner: pixels,
  eye: pixels,
};
const UNKNOWN = 1;
const words = ['', '', 'do', 'put', 'cup', 'now'];
const tokenizer: Tokenizer = {
  specialTokens: ['<end>'],
  decode: (ids) => ids.map((id) => words[id]).join(' '),
  encode: (text) => text.split(' ').map((word) => Math.max(words.indexOf(word), UNKNOWN)),
};

function encoderOf(length: Dimension, unknownId: number | null = UNKNOWN): PromptEncoder {
  const graph: GraphSpec = { file: 'any', inputs: new Map(), outputs: new Map() };
  const inputIds = { dtype: 'int64', shape: [1, length] } as const;
  const spec: Pick<ModelSpec, 'prompt' | 'tokenizer' | 'spatial' | 'image' | 'graphs'> = {
    spatial: { mode: 'none' },
    image: IMAGE,
    prompt: { template: 'do {instruction} now', lowercase: true, maxTokens: 6, chat: undefined },
    tokenizer: {
      file: 'any',
      padId: 9,
      unknownId: unknownId ?? undefined,
      addSpecialTokens: false,
    },
    graphs: {
      planner_vision: graph,
      planner_llm: { ...graph, inputs: new Map([['input_ids', inputIds]]) },
      action_eye: graph,
      action_condition: graph,
      action_dit_step: graph,
    },
  };
  return new PromptEncoder(spec, tokenizer);
}

describe('buildPrompt', () => {
  const cases = [
    { instruction: '  Put the CUP  ', lowercase: true, expected: '<put the cup>' },
    { instruction: 'Put the CUP', lowercase: false, expected: '<Put the CUP>' },
    { instruction: 'put the cup. ', lowercase: true, expected: '<put the cup>' },
    { instruction: 'stop!?', lowercase: true, expected: '<stop>' },
    { instruction: 'move 1.5 cm', lowercase: true, expected: '<move 1.5 cm>' },
    {
      instruction: "a $& b $' {instruction}",
      lowercase: true,
      expected: "<a $& b $' {instruction}>",
    },
  ];
  for (const { instruction, lowercase, expected } of cases) {
    it(`sets in ${JSON.stringify(instruction)}`, () => {
      const prompt = buildPrompt(sentenceOf(instruction, { lowercase }), '<{instruction}>');
      assert.equal(prompt, expected);
    });
  }
});

describe('buildChat', () => {
  it('sets in every picture with its pads, and the prompt as it is', () => {
    const chat = {
      text: '<user>{images}{prompt}<end>',
      image: '[{pads}]',
      pad: '#',
      padsPerView: 3,
      imageTokenId: 0,
      grid: [1, 3],
    } as const;
    assert.equal(buildChat('a {images} $& b', chat, 2), '<user>[###][###]a {images} $& b<end>');
  });
});

describe('PromptEncoder', () => {
  it('pads on the right where the graph has a fixed length', () => {
    const result = encoderOf(6).encode('put cup');
    assert.ok(result.ok);
    assert.deepEqual(result.inputIds.shape, [1, 6]);
    assert.deepEqual([...result.inputIds.data], [2n, 3n, 4n, 5n, 9n, 9n]);
  });

  it('does not pad where the length may vary', () => {
    const result = encoderOf('length').encode('put cup');
    assert.ok(result.ok);
    assert.deepEqual([...result.inputIds.data], [2n, 3n, 4n, 5n]);
  });

  it('names the words that the tokenizer does not know, each once', () => {
    const result = encoderOf(6).encode('Put mug mug.');
    assert.ok(result.ok);
    assert.deepEqual(result.unknownWords, ['mug']);
    const silent = encoderOf(6, null).encode('put mug');
    assert.ok(silent.ok && silent.unknownWords.length === 0);
  });

  it('refuses what it cannot read and says why', () => {
    const refusals: readonly (readonly [string, RegExp])[] = [
      ['', /no words/],
      [' .!? ', /no words/],
      ['x'.repeat(513), /513 characters, at most 512/],
      ['put cup put cup put', /7 tokens, at most 6/],
      ['put <end> cup', /<end>, a word of the model's own/],
      ['put <END> cup', /<end>, a word of the model's own/],
    ];
    for (const [instruction, expected] of refusals) {
      const result = encoderOf(6).encode(instruction);
      assert.ok(!result.ok, instruction);
      assert.match(result.reason, expected);
    }
  });
});
