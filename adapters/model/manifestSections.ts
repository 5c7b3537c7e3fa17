import { showValue } from '../../core/config/Fault.ts';
import type { FieldReader, NumberBounds } from '../../core/config/FieldReader.ts';
import type { Quat, Vec3 } from '../../core/math/types.ts';
import {
  ACTING_GRAPHS,
  ANSWER_GRAPHS,
  GRAPH_NAMES,
  type ActingGraph,
  type ActionSpec,
  type Dimension,
  type DiffusionSpec,
  type GraphSpec,
  type GraphSpecs,
  type ImageSpec,
  type TensorSpec,
  type TokenizerSpec,
} from '../../core/policy/ModelSpec.ts';
/** A file of a model package, as `files` in its manifest describes it. */
export type PackageFile = {
  readonly sha256: string;
  readonly bytes: number;
  readonly precision: string | undefined;
};

/** Of the pictures that a model reads, pixels. */
const SIDE: NumberBounds = { min: 1, max: 8192 };

export function readFile(file: FieldReader, name: string): PackageFile {
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
      ? precision.oneOf(['fp32', 'fp16', 'bf16', 'int8', 'int7', 'int4'])
      : undefined,
  };
}

/** POSIX paths below the package folder only: no root, no drive, no `..`. */
function isInnerPath(path: string): boolean {
  if (path === '' || path.startsWith('/') || /[\\:\0]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

export function readGraphs(graphs: FieldReader): GraphSpecs {
  graphs.object(GRAPH_NAMES);
  const names = [...ACTING_GRAPHS, ...ANSWER_GRAPHS.filter((name) => graphs.at(name).present)];
  const entries = names.map((name) => [name, readGraph(graphs.at(name))] as const);
  return Object.fromEntries(entries) as Record<ActingGraph, GraphSpec>;
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
  return typeof dimension.value === 'string'
    ? dimension.string()
    : dimension.integer({ min: 1, max: 2 ** 31 - 1 });
}

function readVec3(field: FieldReader, bounds: NumberBounds = {}): Vec3 {
  const [x = 0, y = 0, z = 0] = field.numbers(3, bounds);
  return [x, y, z];
}

export function readImage(image: FieldReader, eye: FieldReader): ImageSpec {
  image.object(['width', 'height', 'resample', 'views', 'scale', 'mean', 'std']);
  eye.object(['mean', 'std']);
  const positive = { above: 0 };
  const scale = image.at('scale').number(positive);
  return {
    ...readImageSize(image),
    planner: { scale, mean: readVec3(image.at('mean')), std: readVec3(image.at('std'), positive) },
    eye: { scale, mean: readVec3(eye.at('mean')), std: readVec3(eye.at('std'), positive) },
  };
}

/** Reads what cameras have to bring: size, how it is reached, and the views. */
export function readImageSize(
  image: FieldReader,
): Pick<ImageSpec, 'width' | 'height' | 'resample' | 'views'> {
  const views = image.at('views').list((view) => view.string());
  if (views.length === 0) image.at('views').fault('at least one view');
  if (new Set(views).size !== views.length) image.at('views').fault('different names');
  return {
    width: image.at('width').integer(SIDE),
    height: image.at('height').integer(SIDE),
    resample: image.at('resample').oneOf(['area', 'bicubic']),
    views,
  };
}

export function readTokenizer(tokenizer: FieldReader): TokenizerSpec {
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

export function readDiffusion(diffusion: FieldReader): DiffusionSpec {
  const names = ['type', 'train_steps', 'beta_schedule', 'timestep_spacing', 'prediction'];
  diffusion.object([...names, 'inference_steps', 'guidance_scale']);
  diffusion.at('type').oneOf(['ddim']);
  const trainSteps = diffusion.at('train_steps').integer({ min: 1, max: 100_000 });
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

export function readAction(action: FieldReader): ActionSpec {
  const gripper = ['gripper_index', 'gripper_threshold', 'gripper_convention'];
  const chunk = ['horizon', 'prefix_rows', 'dim', 'clip'];
  action.object([...chunk, ...gripper, 'rotation', 'statistics_key']);
  const horizon = action.at('horizon').integer({ min: 1, max: 4096 });
  const prefix = action.at('prefix_rows');
  return {
    horizon,
    prefixRows: prefix.present ? prefix.integer({ min: 0, max: horizon - 1 }) : 0,
    dim: action.at('dim').oneOf([7]),
    clip: action.at('clip').number({ above: 0 }),
    gripperIndex: action.at('gripper_index').oneOf([6]),
    gripperThreshold: action.at('gripper_threshold').number(),
    gripperConvention: action.at('gripper_convention').oneOf(['open_1', 'closed_1']),
    rotation: action.at('rotation').oneOf(['rotation_vector', 'euler_xyz']),
  };
}

export function readProprio(proprio: FieldReader): { dim: number; homeOrientation: Quat } {
  proprio.object(['dim', 'home_orientation_xyzw', 'description']);
  proprio.at('description').string();
  const field = proprio.at('home_orientation_xyzw');
  const [x = 0, y = 0, z = 0, w = 1] = field.numbers(4);
  if (Math.abs(Math.hypot(x, y, z, w) - 1) > 1e-4) field.fault('a unit quaternion');
  return { dim: proprio.at('dim').oneOf([7]), homeOrientation: [x, y, z, w] };
}
