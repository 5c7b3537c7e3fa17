import assert from 'node:assert/strict';
import { GraphExpertNetwork } from '../../../core/policy/ExpertNetwork.ts';
import type { GraphRunner, TensorMap } from '../../../core/policy/GraphRunner.ts';
import type { GraphSpec, ModelSpec } from '../../../core/policy/ModelSpec.ts';
import { type FloatTensor, floatTensor, type Tensor } from '../../../core/policy/Tensor.ts';

const pixels = { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
const graph: GraphSpec = { file: 'any', inputs: new Map(), outputs: new Map() };
const scalar = { dtype: 'float32', shape: [1] } as const;
const VLM_PROJ = floatTensor(Float32Array.of(5), [1, 1, 1]);

function specOf(guidanceScale: number | undefined): ModelSpec {
  const step =
    guidanceScale === undefined ? graph : { ...graph, inputs: new Map([['cfg_scale', scalar]]) };
  return {
    name: 'fake',
    embodiments: new Map(),
    graphs: {
      planner_vision: graph,
      planner_llm: graph,
      action_eye: graph,
      action_condition: graph,
      action_dit_step: step,
    },
    image: {
      width: 1,
      height: 1,
      resample: 'area',
      views: ['front'],
      planner: pixels,
      eye: pixels,
    },
    prompt: { template: '{instruction}', lowercase: true, maxTokens: 1, chat: undefined },
    tokenizer: { file: 'any', padId: 0, unknownId: undefined, addSpecialTokens: false },
    spatial: { mode: 'none' },
    diffusion: {
      trainSteps: 100,
      betaSchedule: 'squaredcos_cap_v2',
      timestepSpacing: 'leading',
      prediction: 'sample',
      inferenceSteps: 4,
      guidanceScale: guidanceScale ?? 1,
    },
    action: {
      horizon: 1,
      prefixRows: 0,
      dim: 7,
      clip: 1,
      gripperIndex: 6,
      gripperThreshold: 0.5,
      gripperConvention: 'open_1',
      rotation: 'rotation_vector',
    },
    proprio: undefined,
    ensembleAlpha: 0.1,
    executionHorizon: 1,
  };
}

/** Answers every graph with constants and notes what it was asked. */
class FakeGraphs implements GraphRunner {
  readonly calls: { readonly graph: string; readonly inputs: Record<string, Tensor> }[] = [];

  run(name: string, inputs: TensorMap): Promise<Record<string, FloatTensor>> {
    this.calls.push({ graph: name, inputs: structuredClone(inputs) });
    const constant = (value: number) => floatTensor(new Float32Array(7).fill(value), [1, 1, 7]);
    const outputs = { eye_tokens: constant(1), cond: constant(2), eps: constant(0.25) };
    return Promise.resolve(outputs);
  }
}

async function forward(
  spec: ModelSpec,
  proprio?: Float32Array,
  prefix: Float32Array = new Float32Array(0),
) {
  const graphs = new FakeGraphs();
  const noise = Float32Array.of(1, 2, 3, 4, 5, 6, 7);
  const network = new GraphExpertNetwork(spec, graphs);
  const input = { pixels: Uint8Array.of(0, 51, 255), vlmProj: VLM_PROJ, proprio, prefix, noise };
  return { actions: await network.forward(input), calls: graphs.calls, noise };
}

describe('GraphExpertNetwork', () => {
  it('runs eye, condition and one step a timestep, and feeds each with what came before', async () => {
    const { actions, calls, noise } = await forward(specOf(undefined));
    const steps = calls.slice(2);
    assert.deepEqual(
      calls.map((call) => call.graph),
      ['action_eye', 'action_condition', ...Array<string>(4).fill('action_dit_step')],
    );
    assert.deepEqual([...calls[0]!.inputs['image']!.data], [0, Math.fround(0.2), 1]);
    assert.deepEqual(calls[1]!.inputs['vlm_proj'], VLM_PROJ);
    assert.equal(calls[1]!.inputs['eye_tokens']!.data[0], 1);
    assert.deepEqual(
      steps.map((call) => Number(call.inputs['t']!.data[0])),
      [75, 50, 25, 0],
    );
    assert.deepEqual(steps[0]!.inputs['x']!.data, noise);
    assert.ok(steps.every((call) => call.inputs['cond']!.data[0] === 2));
    assert.deepEqual(actions, new Float32Array(7).fill(0.25));
    assert.equal(noise[6], 7, 'the noise stays as it was');
  });

  it('shows every step the decided rows as they are, and returns them', async () => {
    const prefix = Float32Array.of(-1, -2, -3, -4, -5, -6, -7);
    const { actions, calls, noise } = await forward(specOf(undefined), undefined, prefix);
    for (const step of calls.slice(2)) assert.deepEqual(step.inputs['x']!.data, prefix);
    assert.deepEqual(actions, prefix);
    assert.equal(noise[6], 7, 'the noise stays as it was');
  });

  it('gives each graph only the inputs that it has', async () => {
    const without = await forward(specOf(undefined));
    assert.deepEqual(Object.keys(without.calls[1]!.inputs), ['vlm_proj', 'eye_tokens']);
    assert.deepEqual(Object.keys(without.calls[2]!.inputs), ['x', 't', 'cond']);
    const full = await forward(specOf(1.5), new Float32Array(7));
    assert.deepEqual(full.calls[1]!.inputs['proprio']!.shape, [1, 7]);
    assert.deepEqual([...full.calls[2]!.inputs['cfg_scale']!.data], [1.5]);
  });
});
