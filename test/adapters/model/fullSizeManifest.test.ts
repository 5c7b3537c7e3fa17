import assert from 'node:assert/strict';
import { parseManifest } from '../../../adapters/model/Manifest.ts';
import { type Edits, tinyManifest } from './tinyModel.ts';

async function faultsOf(edits: Edits): Promise<string[]> {
  const result = parseManifest(await tinyManifest(edits));
  return result.ok
    ? []
    : result.faults.map(({ field, expected, found }) => `${field}: ${expected}; ${found}`);
}

/** The tiny manifest as one of a model that chats. */
const CHAT: Edits = {
  'prompt/chat': {
    text: '<user>{images}{prompt}<end>',
    image: '<picture>{pads}</picture>',
    pad: '<pad>',
    pads_per_view: 12,
    image_token_id: 5,
    grid: [3, 4],
  },
  'graphs/planner_llm/inputs/input_ids/shape': [1, 'L'],
  'graphs/planner_llm/inputs/position_ids': { dtype: 'int64', shape: [3, 1, 'L'] },
};
const QUESTION = 'where is {instruction}?';
const cache = () => ({ dtype: 'float32', shape: [2, 1, 3, 'L', 4] });
const logits = { dtype: 'float32', shape: [1, 20] };
const heads = ['boxes', 'points', 'point_scores', 'trajectory'];
const TEXT: Edits = {
  ...CHAT,
  ...Object.fromEntries(heads.map((name) => [`graphs/planner_llm/outputs/${name}`, undefined])),
  spatial: {
    mode: 'text',
    questions: { boxes: QUESTION, points: QUESTION, trajectory: QUESTION },
    coordinates: { width: 16, height: 12 },
    max_new_tokens: 8,
    eos_ids: [3],
  },
  'graphs/planner_llm_kv': {
    file: 'planner_llm.onnx',
    inputs: {
      input_ids: { dtype: 'int64', shape: [1, 'L'] },
      image_features: { dtype: 'float32', shape: [1, 12, 8] },
      position_ids: { dtype: 'int64', shape: [3, 1, 'L'] },
    },
    outputs: { logits, keys: cache(), values: cache() },
  },
  'graphs/planner_llm_decode': {
    file: 'planner_llm.onnx',
    inputs: {
      input_ids: { dtype: 'int64', shape: [1, 1] },
      position_ids: { dtype: 'int64', shape: [3, 1, 1] },
      past_keys: cache(),
      past_values: cache(),
    },
    outputs: { logits, keys: cache(), values: cache() },
  },
};
const ARMS: Edits = {
  embodiment: undefined,
  'action/statistics_key': undefined,
  'ensemble/horizon': undefined,
  embodiments: {
    widowx: { statistics_key: 'tiny', ensemble_horizon: 7, gripper: 'binary' },
    google_robot: { statistics_key: 'other', ensemble_horizon: 2, gripper: 'sticky' },
  },
};

describe('parseManifest, of a full-size model', () => {
  it('reads chat, questions and several arms', async () => {
    const result = parseManifest(await tinyManifest({ ...TEXT, ...ARMS }));
    assert.ok(result.ok, JSON.stringify(result));
    const { prompt, spatial, embodiments } = result.manifest;
    assert.deepEqual(prompt.chat?.grid, [3, 4]);
    assert.equal(spatial.mode, 'text');
    assert.deepEqual(embodiments.get('google_robot'), {
      statisticsKey: 'other',
      ensembleHorizon: 2,
      gripper: 'sticky',
    });
    assert.deepEqual(await faultsOf({ ...CHAT }), []);
  });

  it('reads the fields of a single arm as one', async () => {
    const result = parseManifest(await tinyManifest());
    assert.ok(result.ok);
    assert.deepEqual(
      [...result.manifest.embodiments],
      [['widowx', { statisticsKey: 'tiny', ensembleHorizon: 7, gripper: 'binary' }]],
    );
  });

  const cases: readonly (readonly [string, Edits, RegExp])[] = [
    [
      'a key of an arm without statistics',
      { ...ARMS, 'embodiments/google_robot/statistics_key': 'fractal' },
      /^embodiments.google_robot.statistics_key: one of statistics.keys \(tiny, other\); "fractal"$/,
    ],
    [
      'both ways to name arms',
      { ...ARMS, embodiment: 'widowx' },
      /^embodiment: nothing, since there is a section embodiments; "widowx"$/,
    ],
    ['no arm', { ...ARMS, embodiments: {} }, /^embodiments: at least one arm; \{\}$/],
    [
      'an unknown gripper',
      { ...ARMS, 'embodiments/widowx/gripper': 'soft' },
      /^embodiments.widowx.gripper: "binary" or "sticky"; "soft"$/,
    ],
    [
      'an ensemble longer than a chunk',
      { ...ARMS, 'embodiments/widowx/ensemble_horizon': 17 },
      /^embodiments.widowx.ensemble_horizon: an integer from 1 to 16; 17$/,
    ],
    [
      'a chat without a place for the prompt',
      { ...CHAT, 'prompt/chat/text': '{images}' },
      /^prompt.chat.text: a text with \{images\} and \{prompt\} exactly once/,
    ],
    [
      'a grid of another size',
      { ...CHAT, 'prompt/chat/grid': [4, 4] },
      /^prompt.chat.grid: rows and columns of pads_per_view \(12\); \[4,4\]$/,
    ],
    [
      'other pads than picture tokens',
      { ...CHAT, 'prompt/chat/pads_per_view': 6, 'prompt/chat/grid': [2, 3] },
      /^prompt.chat.pads_per_view: 12 in all views, as planner_vision gives; 6$/,
    ],
    [
      'a chat whose graph reads no positions',
      { ...CHAT, 'graphs/planner_llm/inputs/position_ids': undefined },
      /^graphs.planner_llm.inputs.position_ids: int64 \[3,1,16\]; nothing$/,
    ],
    [
      'positions without a chat',
      { ...CHAT, 'prompt/chat': undefined },
      /^prompt.chat: the section, since planner_llm has the input position_ids; nothing$/m,
    ],
    [
      'answers without their graph',
      { ...TEXT, 'graphs/planner_llm_decode': undefined },
      /^graphs.planner_llm_decode: a graph, since spatial.mode is text; nothing$/,
    ],
    [
      'graphs of answers that nobody asks for',
      { ...TEXT, spatial: { mode: 'none' } },
      /^graphs.planner_llm_kv: nothing, since spatial.mode is none; a graph$/m,
    ],
    [
      'a cache of another size',
      { ...TEXT, 'graphs/planner_llm_decode/inputs/past_keys/shape': [2, 1, 4, 'P', 4] },
      /^graphs.planner_llm_decode.inputs.past_keys: float32 \[2,1,3,\?,4\]; float32 \[2,1,4,P,4\]$/,
    ],
    [
      'a question without the instruction',
      { ...TEXT, 'spatial/questions/points': 'where?' },
      /^spatial.questions.points: a text with \{instruction\} exactly once; "where\?"$/,
    ],
    [
      'no end of an answer',
      { ...TEXT, 'spatial/eos_ids': [] },
      /^spatial.eos_ids: at least one id/,
    ],
    [
      'an answer after padding',
      { ...TEXT, 'graphs/planner_llm_kv/inputs/input_ids/shape': [1, 16] },
      /^graphs.planner_llm_kv.inputs.input_ids: a length that may vary, .*; 16$/,
    ],
    ['an unknown way to answer', { 'spatial/mode': 'song' }, /^spatial.mode: "heads" or "text" or/],
  ];
  for (const [what, edits, expected] of cases) {
    it(`refuses ${what}`, async () => {
      assert.match((await faultsOf(edits)).join('\n'), expected);
    });
  }
});
