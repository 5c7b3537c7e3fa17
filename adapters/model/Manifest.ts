import { type Fault, showValue } from '../../core/config/Fault.ts';
import { FieldReader } from '../../core/config/FieldReader.ts';
import type { Quat, Vec3 } from '../../core/math/types.ts';
import {
  GRAPH_NAMES,
  type ActionSpec,
  type Dimension,
  type DiffusionSpec,
  type GraphName,
  type GraphSpec,
  type ImageSpec,
  type ModelSpec,
  type PromptSpec,
  type SpatialSpec,
  type TensorSpec,
  type TokenizerSpec,
} from '../../core/policy/ModelSpec.ts';
import { checkGraphContract } from './graphContract.ts';

export const MANIFEST_FILE = 'manifest.json';

export type PackageFile = {
  readonly sha256: string;
  readonly bytes: number;
  readonly precision: string | undefined;
};

/** `manifest.json` of a model package, as docs/model-package.md describes it. */
export type Manifest = ModelSpec & {
  readonly formatVersion: 1;
  readonly description: string | undefined;
  readonly licence: string;
  readonly createdBy: {
    readonly command: string;
    readonly commit: string;
    readonly machine: string;
  };
  readonly files: ReadonlyMap<string, PackageFile>;
  readonly statistics: { readonly file: string; readonly keys: readonly string[] };
  readonly golden: { readonly file: string; readonly tolerance: number };
};

export type ManifestResult =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const SECTIONS = [
  'format_version',
  'name',
  'description',
  'licence',
  'embodiment',
  'created_by',
  'files',
  'graphs',
  'image',
  'eye_image',
  'prompt',
  'tokenizer',
  'spatial',
  'diffusion',
  'action',
  'proprio',
  'ensemble',
  'execution_horizon',
  'statistics',
  'golden',
] as const;

/** Reads a manifest from parsed JSON; `source` is the name that faults give it. */
export function parseManifest(json: unknown, source: string = MANIFEST_FILE): ManifestResult {
  const faults: Fault[] = [];
  const root = new FieldReader(json, source, faults).object(SECTIONS);
  const createdBy = root.at('created_by').object(['command', 'commit', 'machine']);
  const ensemble = root.at('ensemble').object(['horizon', 'alpha']);
  const statistics = root.at('statistics').object(['file', 'keys']);
  const golden = root.at('golden').object(['file', 'tolerance']);
  const action = readAction(root.at('action'));
  const withinChunk = { min: 1, max: Math.max(1, action.horizon) };
  const manifest: Manifest = {
    formatVersion: root.at('format_version').oneOf([1]),
    name: root.at('name').string(),
    description: root.at('description').present ? root.at('description').string() : undefined,
    licence: root.at('licence').string(),
    embodiment: root.at('embodiment').string(),
    createdBy: {
      command: createdBy.at('command').string(),
      commit: createdBy.at('commit').string(),
      machine: createdBy.at('machine').string(),
    },
    files: root.at('files').record(readFile),
    graphs: readGraphs(root.at('graphs')),
    image: readImage(root.at('image'), root.at('eye_image')),
    prompt: readPrompt(root.at('prompt')),
    tokenizer: readTokenizer(root.at('tokenizer')),
    spatial: readSpatial(root.at('spatial')),
    diffusion: readDiffusion(root.at('diffusion')),
    action,
    proprio: root.at('proprio').present ? readProprio(root.at('proprio')) : undefined,
    ensemble: {
      horizon: ensemble.at('horizon').integer(withinChunk),
      alpha: ensemble.at('alpha').number({ min: 0 }),
    },
    executionHorizon: root.at('execution_horizon').integer(withinChunk),
    statistics: {
      file: statistics.at('file').string(),
      keys: statistics.at('keys').list((key) => key.string()),
    },
    golden: {
      file: golden.at('file').string(),
      tolerance: golden.at('tolerance').number({ above: 0 }),
    },
  };
  if (faults.length === 0) checkAcrossSections(manifest, source, faults);
  return faults.length === 0 ? { ok: true, manifest } : { ok: false, faults };
}

/** Files that the manifest names outside of `files`, with the field that names them. */
export function referredFiles(manifest: Manifest): readonly { field: string; file: string }[] {
  return [
    ...GRAPH_NAMES.map((name) => ({
      field: `graphs.${name}.file`,
      file: manifest.graphs[name].file,
    })),
    { field: 'tokenizer.file', file: manifest.tokenizer.file },
    { field: 'statistics.file', file: manifest.statistics.file },
    { field: 'golden.file', file: manifest.golden.file },
  ];
}

function checkAcrossSections(manifest: Manifest, source: string, faults: Fault[]): void {
  const fault = (field: string, expected: string, found: string) =>
    faults.push({ source, field, expected, found });
  for (const { field, file } of referredFiles(manifest)) {
    if (!manifest.files.has(file)) fault(field, 'one of the names in files', showValue(file));
  }
  const { keys } = manifest.statistics;
  const { statisticsKey } = manifest.action;
  if (!keys.includes(statisticsKey)) {
    const expected = `one of statistics.keys (${keys.join(', ')})`;
    fault('action.statistics_key', expected, showValue(statisticsKey));
  }
  checkGraphContract(manifest, source, faults);
}

function readFile(file: FieldReader, name: string): PackageFile {
  file.object(['sha256', 'bytes', 'precision']);
  if (!isInnerPath(name)) {
    file.fault('a relative path that stays inside the package', showValue(name));
  }
  const sha256 = file.at('sha256').string();
  if (sha256 !== '' && !/^[0-9a-f]{64}$/.test(sha256)) {
    file.at('sha256').fault('64 hexadecimal digits in lower case');
  }
  const precision = file.at('precision');
  return {
    sha256,
    bytes: file.at('bytes').integer({ min: 0 }),
    precision: precision.present
      ? precision.oneOf(['fp32', 'fp16', 'bf16', 'int8', 'int4'])
      : undefined,
  };
}

/** POSIX paths below the package folder only: no root, no drive, no `..`. */
function isInnerPath(path: string): boolean {
  if (path === '' || path.startsWith('/') || /[\\:\0]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function readGraphs(graphs: FieldReader): Record<GraphName, GraphSpec> {
  graphs.object(GRAPH_NAMES);
  const entries = GRAPH_NAMES.map((name) => [name, readGraph(graphs.at(name))] as const);
  return Object.fromEntries(entries) as Record<GraphName, GraphSpec>;
}

function readGraph(graph: FieldReader): GraphSpec {
  graph.object(['file', 'inputs', 'outputs']);
  return {
    file: graph.at('file').string(),
    inputs: graph.at('inputs').record(readTensor),
    outputs: graph.at('outputs').record(readTensor),
  };
}

function readTensor(tensor: FieldReader): TensorSpec {
  tensor.object(['dtype', 'shape']);
  return {
    dtype: tensor.at('dtype').oneOf(['float32', 'int64']),
    shape: tensor.at('shape').list(readDimension),
  };
}

function readDimension(dimension: FieldReader): Dimension {
  return typeof dimension.value === 'string' ? dimension.string() : dimension.integer({ min: 1 });
}

function readVec3(field: FieldReader, bounds = {}): Vec3 {
  const [x = 0, y = 0, z = 0] = field.numbers(3, bounds);
  return [x, y, z];
}

function readImage(image: FieldReader, eye: FieldReader): ImageSpec {
  image.object(['width', 'height', 'resample', 'views', 'scale', 'mean', 'std']);
  eye.object(['mean', 'std']);
  const positive = { above: 0 };
  const scale = image.at('scale').number(positive);
  const views = image.at('views').list((view) => view.string());
  if (views.length === 0) image.at('views').fault('at least one view');
  if (new Set(views).size !== views.length) image.at('views').fault('different names');
  return {
    width: image.at('width').integer({ min: 1 }),
    height: image.at('height').integer({ min: 1 }),
    resample: image.at('resample').oneOf(['area', 'bicubic']),
    views,
    planner: { scale, mean: readVec3(image.at('mean')), std: readVec3(image.at('std'), positive) },
    eye: { scale, mean: readVec3(eye.at('mean')), std: readVec3(eye.at('std'), positive) },
  };
}

function readPrompt(prompt: FieldReader): PromptSpec {
  prompt.object(['template', 'lowercase', 'max_tokens']);
  const template = prompt.at('template').string();
  if (template !== '' && template.split('{instruction}').length !== 2) {
    prompt.at('template').fault('a text with {instruction} exactly once');
  }
  return {
    template,
    lowercase: prompt.at('lowercase').boolean(),
    maxTokens: prompt.at('max_tokens').integer({ min: 1 }),
  };
}

function readTokenizer(tokenizer: FieldReader): TokenizerSpec {
  tokenizer.object(['file', 'type', 'pad_id', 'unk_id', 'add_special_tokens']);
  tokenizer.at('type').oneOf(['huggingface']);
  const unknownId = tokenizer.at('unk_id');
  return {
    file: tokenizer.at('file').string(),
    padId: tokenizer.at('pad_id').integer({ min: 0 }),
    unknownId: unknownId.value === null ? undefined : unknownId.integer({ min: 0 }),
    addSpecialTokens: tokenizer.at('add_special_tokens').boolean(),
  };
}

function readSpatial(spatial: FieldReader): SpatialSpec {
  spatial.object(['mode', 'points', 'boxes', 'trajectory']);
  const mode = spatial.at('mode');
  if (mode.value !== 'heads') {
    mode.fault('"heads" ("text" is reserved: answers in words are not supported yet)');
  }
  return {
    points: spatial.at('points').list((label) => label.string()),
    boxes: spatial.at('boxes').list((label) => label.string()),
    trajectory: spatial.at('trajectory').integer({ min: 1 }),
  };
}

function readDiffusion(diffusion: FieldReader): DiffusionSpec {
  const names = ['type', 'train_steps', 'beta_schedule', 'timestep_spacing', 'prediction'];
  diffusion.object([...names, 'inference_steps', 'guidance_scale']);
  diffusion.at('type').oneOf(['ddim']);
  const trainSteps = diffusion.at('train_steps').integer({ min: 1 });
  const inferenceSteps = diffusion.at('inference_steps').integer({ min: 1 });
  if (inferenceSteps > 0 && trainSteps % inferenceSteps !== 0) {
    diffusion.at('inference_steps').fault(`a divisor of train_steps (${trainSteps})`);
  }
  return {
    trainSteps,
    inferenceSteps,
    betaSchedule: diffusion.at('beta_schedule').oneOf(['squaredcos_cap_v2']),
    timestepSpacing: diffusion.at('timestep_spacing').oneOf(['leading', 'trailing']),
    prediction: diffusion.at('prediction').oneOf(['epsilon', 'sample']),
    guidanceScale: diffusion.at('guidance_scale').number({ min: 0 }),
  };
}

function readAction(action: FieldReader): ActionSpec {
  const gripper = ['gripper_index', 'gripper_threshold', 'gripper_convention'];
  action.object(['horizon', 'dim', 'clip', ...gripper, 'rotation', 'statistics_key']);
  return {
    horizon: action.at('horizon').integer({ min: 1 }),
    dim: action.at('dim').oneOf([7]),
    clip: action.at('clip').number({ above: 0 }),
    gripperIndex: action.at('gripper_index').oneOf([6]),
    gripperThreshold: action.at('gripper_threshold').number(),
    gripperConvention: action.at('gripper_convention').oneOf(['open_1', 'closed_1']),
    rotation: action.at('rotation').oneOf(['rotation_vector', 'euler_xyz']),
    statisticsKey: action.at('statistics_key').string(),
  };
}

function readProprio(proprio: FieldReader): { dim: number; homeOrientation: Quat } {
  proprio.object(['dim', 'home_orientation_xyzw', 'description']);
  proprio.at('description').string();
  const field = proprio.at('home_orientation_xyzw');
  const [x = 0, y = 0, z = 0, w = 1] = field.numbers(4);
  if (Math.abs(Math.hypot(x, y, z, w) - 1) > 1e-4) field.fault('a unit quaternion');
  return { dim: proprio.at('dim').oneOf([7]), homeOrientation: [x, y, z, w] };
}
