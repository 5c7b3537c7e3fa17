import type { Fault } from '../../core/config/Fault.ts';
import {
  GRAPH_NAMES,
  type ActingGraph,
  type AnswerGraph,
  type Dimension,
  type GraphName,
  type GraphSpec,
  type GraphSpecs,
  type ModelSpec,
  type SpatialSpec,
  type TensorSpec,
} from '../../core/policy/ModelSpec.ts';

/** What the runtime feeds to a graph or reads from it; `undefined` is a size that the model chooses. */
type TensorRule = {
  readonly dtype: TensorSpec['dtype'];
  readonly shape: readonly (Dimension | undefined)[];
  readonly optional?: true;
};

type GraphRule = {
  readonly inputs: Readonly<Record<string, TensorRule>>;
  readonly outputs: Readonly<Record<string, TensorRule>>;
};

/** Checks that the graphs as declared fit the runtime, the other sections and one another. */
export function checkGraphContract(spec: ModelSpec, source: string, faults: Fault[]): void {
  const rules = { ...graphRules(spec), ...answerRules(spec) };
  for (const [name, graph] of graphsOf(spec)) {
    for (const side of ['inputs', 'outputs'] as const) {
      const field = `graphs.${name}.${side}`;
      checkSide(graph[side], rules[name][side], { source, field, faults });
    }
  }
  const step = spec.graphs.action_dit_step;
  if (!step.inputs.has('cfg_scale') && spec.diffusion.guidanceScale !== 1) {
    const expected = '1, since action_dit_step has no input cfg_scale';
    const found = String(spec.diffusion.guidanceScale);
    faults.push({ source, field: 'diffusion.guidance_scale', expected, found });
  }
  const readsProprio = spec.graphs.action_condition.inputs.has('proprio');
  if (readsProprio !== (spec.proprio !== undefined)) {
    const expected = readsProprio
      ? 'the section, since action_condition has the input proprio'
      : 'no section, since action_condition has no input proprio';
    const found = readsProprio ? 'nothing' : 'a section';
    faults.push({ source, field: 'proprio', expected, found });
  }
}

/** The graphs that a model has. */
export function graphsOf({ graphs }: { readonly graphs: GraphSpecs }): [GraphName, GraphSpec][] {
  return GRAPH_NAMES.flatMap((name) => {
    const graph = graphs[name];
    return graph ? [[name, graph]] : [];
  });
}

/** `[1,16,7]` */
export function showShape(shape: readonly (Dimension | undefined)[]): string {
  return `[${shape.map((dimension) => dimension ?? '?').join(',')}]`;
}

const float = (...shape: (Dimension | undefined)[]): TensorRule => ({ dtype: 'float32', shape });
const int = (...shape: (Dimension | undefined)[]): TensorRule => ({ dtype: 'int64', shape });
const maybe = (rule: TensorRule): TensorRule => ({ ...rule, optional: true });

/** What one graph takes from another has the shape that the other gives it. */
function from({ graphs }: ModelSpec, graph: ActingGraph, output: string): TensorRule {
  return float(...(graphs[graph].outputs.get(output)?.shape ?? [1, undefined, undefined]));
}

function graphRules(spec: ModelSpec): Record<ActingGraph, GraphRule> {
  const { image, spatial, action } = spec;
  const pixels = float(image.views.length, 3, image.height, image.width);
  const tokens = float(1, undefined, undefined);
  const chunk = float(1, action.horizon, action.dim);
  return {
    planner_vision: { inputs: { image: pixels }, outputs: { image_features: tokens } },
    planner_llm: {
      inputs: promptRules(spec),
      outputs: { vlm_proj: tokens, ...headRules(spatial) },
    },
    action_eye: { inputs: { image: pixels }, outputs: { eye_tokens: tokens } },
    action_condition: {
      inputs: {
        vlm_proj: from(spec, 'planner_llm', 'vlm_proj'),
        eye_tokens: from(spec, 'action_eye', 'eye_tokens'),
        proprio: maybe(float(1, 7)),
      },
      outputs: { cond: tokens },
    },
    action_dit_step: {
      inputs: {
        x: chunk,
        t: int(1),
        cond: from(spec, 'action_condition', 'cond'),
        cfg_scale: maybe(float(1)),
      },
      outputs: { eps: chunk },
    },
  };
}

/** What a language model reads. */
function promptRules(spec: ModelSpec): Record<string, TensorRule> {
  const { maxTokens, chat } = spec.prompt;
  return {
    input_ids: int(1, maxTokens),
    image_features: from(spec, 'planner_vision', 'image_features'),
    ...(chat && { position_ids: int(3, 1, maxTokens) }),
  };
}

function headRules(spatial: SpatialSpec): Record<string, TensorRule> {
  if (spatial.mode !== 'heads') return {};
  const { boxes, points, trajectory } = spatial;
  return {
    boxes: float(1, boxes.length, 4),
    points: float(1, points.length, 2),
    point_scores: float(1, points.length),
    trajectory: float(1, trajectory, 2),
    box_scores: maybe(float(1, boxes.length)),
  };
}

/** The cache: layers, batch, heads, tokens and the size of a head. */
function answerRules(spec: ModelSpec): Record<AnswerGraph, GraphRule> {
  const cacheOf = (name: string) => {
    const shape = spec.graphs.planner_llm_kv?.outputs.get(name)?.shape ?? [];
    const [layers, , heads, , size] = shape;
    return float(layers, 1, heads, undefined, size);
  };
  const outputs = {
    logits: float(1, undefined),
    keys: cacheOf('keys'),
    values: cacheOf('values'),
  };
  return {
    planner_llm_kv: { inputs: promptRules(spec), outputs },
    planner_llm_decode: {
      inputs: {
        input_ids: int(1, 1),
        position_ids: int(3, 1, 1),
        past_keys: cacheOf('keys'),
        past_values: cacheOf('values'),
      },
      outputs,
    },
  };
}

function checkSide(
  declared: ReadonlyMap<string, TensorSpec>,
  rules: Readonly<Record<string, TensorRule>>,
  { source, field, faults }: { source: string; field: string; faults: Fault[] },
): void {
  for (const [name, rule] of Object.entries(rules)) {
    const tensor = declared.get(name);
    if (!tensor && rule.optional) continue;
    if (tensor && tensor.dtype === rule.dtype && fits(tensor.shape, rule.shape)) continue;
    const expected = `${rule.dtype} ${showShape(rule.shape)}`;
    const found = tensor ? `${tensor.dtype} ${showShape(tensor.shape)}` : 'nothing';
    faults.push({ source, field: `${field}.${name}`, expected, found });
  }
  for (const name of declared.keys()) {
    if (Object.hasOwn(rules, name)) continue;
    const expected = `no such tensor (known: ${Object.keys(rules).join(', ')})`;
    faults.push({ source, field: `${field}.${name}`, expected, found: 'a tensor' });
  }
}

/** A dimension that may vary fits every size. */
function fits(shape: readonly Dimension[], rule: readonly (Dimension | undefined)[]): boolean {
  if (shape.length !== rule.length) return false;
  return shape.every((dimension, i) => {
    const expected = rule[i];
    if (expected === undefined || typeof expected === 'string') return true;
    return typeof dimension === 'string' || dimension === expected;
  });
}
