import { InferenceSession, listSupportedBackends, Tensor as OrtTensor } from 'onnxruntime-node';
import type { GraphRunner, TensorMap } from '../../core/policy/GraphRunner.ts';
import type { Dimension, GraphName } from '../../core/policy/ModelSpec.ts';
import { type FloatTensor, floatTensor, type Tensor } from '../../core/policy/Tensor.ts';
import {
  type ExecutionProvider,
  type ProviderReport,
  sessionProviders,
} from './executionProviders.ts';
import { weightBytes } from './weightBytes.ts';

/** A graph's input or output as the session reports it. */
export type SessionTensor = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly Dimension[];
};

export type SessionSignature = {
  readonly inputs: readonly SessionTensor[];
  readonly outputs: readonly SessionTensor[];
};

export type OrtOptions = {
  /** Threads that one run may use. */
  readonly threads: number;
  /** Where it is not there, the next best computes and `provider` says why. */
  readonly executionProvider: ExecutionProvider;
};

type Sessions = ReadonlyMap<GraphName, InferenceSession>;

/** Bytes of weights from which on memory matters more than speed. */
const LARGE = 4e9;
/**
 * x86 processors without 8-bit dot products overflow in sums of products with 8-bit weights; this
 * makes ONNX Runtime take another way there, so that int8 means the same numbers everywhere.
 */
const EXACT_INT8 = { x64quantprecision: '1' };
/**
 * Repacked for speed, weights are in memory once for each graph that has them. Left as they are,
 * they stay in their mapped file, which all graphs share and which the system can drop.
 */
const LEAVE_WEIGHTS_MAPPED = { disable_prepacking: '1' };

/**
 * ONNX graphs in ONNX Runtime sessions of this thread. A run blocks the thread's event loop until it
 * ends: where that matters, own the graphs in a worker.
 */
export class OrtGraphs implements GraphRunner {
  readonly provider: ProviderReport;
  readonly #sessions: Sessions;

  private constructor(sessions: Sessions, provider: ProviderReport) {
    this.#sessions = sessions;
    this.provider = provider;
  }

  static async open(
    paths: ReadonlyMap<GraphName, string>,
    options: OrtOptions,
  ): Promise<OrtGraphs> {
    const { executionProvider: asked } = options;
    const reasons: string[] = [];
    for (const used of sessionProviders(asked)) {
      try {
        const sessions = await openSessions(paths, { ...options, executionProvider: used });
        const reason =
          reasons.length === 0
            ? undefined
            : `${reasons.join('; ')} (there is: ${describeProviders()})`;
        return new OrtGraphs(sessions, { asked, used, reason });
      } catch (error) {
        // What the CPU cannot load is broken.
        if (used === 'cpu') throw error;
        const { message, cause } = error as Error;
        reasons.push(`${used}: ${cause instanceof Error ? cause.message : message}`);
      }
    }
    throw new Error(`no execution provider for ${asked}`);
  }

  signatures(): ReadonlyMap<GraphName, SessionSignature> {
    const entries = [...this.#sessions].map(([name, session]): [GraphName, SessionSignature] => [
      name,
      {
        inputs: session.inputMetadata.map(sessionTensor),
        outputs: session.outputMetadata.map(sessionTensor),
      },
    ]);
    return new Map(entries);
  }

  async run(graph: GraphName, inputs: TensorMap): Promise<Readonly<Record<string, FloatTensor>>> {
    const session = this.#sessions.get(graph);
    if (!session) throw new Error(`graph ${graph} is not loaded`);
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { dtype, data, shape }]) => [
        name,
        new OrtTensor(dtype, data, shape),
      ]),
    );
    let results: InferenceSession.ReturnType;
    try {
      results = await session.run(feeds);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`graph ${graph} with ${showInputs(inputs)}: ${reason}`, { cause: error });
    }
    const outputs = Object.entries(results).map(([name, value]): [string, FloatTensor] => {
      if (!(value.data instanceof Float32Array)) {
        throw new Error(`graph ${graph}: output ${name} is ${value.type}, expected float32`);
      }
      return [name, floatTensor(value.data, value.dims)];
    });
    for (const [name, tensor] of outputs) requireFinite(graph, name, tensor, inputs);
    return Object.fromEntries(outputs);
  }

  /** Frees the sessions; call it when no run is in flight. */
  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
  }
}

async function openSessions(
  paths: ReadonlyMap<GraphName, string>,
  options: OrtOptions,
): Promise<Sessions> {
  const sessions = new Map<GraphName, InferenceSession>();
  try {
    for (const [name, path] of paths) sessions.set(name, await openSession(path, options));
  } catch (error) {
    for (const session of sessions.values()) await session.release();
    throw error;
  }
  return sessions;
}

/** What the installed ONNX Runtime was built for; of some, a library of their own is needed too. */
function describeProviders(): string {
  return listSupportedBackends()
    .map(({ name, bundled }) => (bundled ? name : `${name} (its library comes separately)`))
    .join(', ');
}

async function openSession(
  path: string,
  { threads, executionProvider }: OrtOptions,
): Promise<InferenceSession> {
  try {
    const large = (await weightBytes(path)) > LARGE;
    return await InferenceSession.create(path, {
      executionProviders: sessionProviders(executionProvider),
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      extra: { session: { ...EXACT_INT8, ...(large && LEAVE_WEIGHTS_MAPPED) } },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} is no graph that ONNX Runtime can load: ${reason}`, { cause: error });
  }
}

function sessionTensor(metadata: InferenceSession.ValueMetadata): SessionTensor {
  const { name } = metadata;
  return metadata.isTensor
    ? { name, dtype: metadata.type, shape: metadata.shape }
    : { name, dtype: 'no tensor', shape: [] };
}

/** ONNX Runtime passes NaN on in silence, so every output is looked at. */
function requireFinite(
  graph: GraphName,
  output: string,
  { data }: FloatTensor,
  inputs: TensorMap,
): void {
  if (isFinite(data)) return;
  const culprits = Object.entries(inputs)
    .filter(([, tensor]) => tensor.dtype === 'float32' && !isFinite(tensor.data))
    .map(([name]) => name);
  const cause =
    culprits.length > 0
      ? `as has its input ${culprits.join(', ')}`
      : 'though its inputs are finite';
  throw new Error(`graph ${graph}: output ${output} has numbers that are not finite, ${cause}`);
}

function isFinite(data: Float32Array): boolean {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) return false;
  }
  return true;
}

function showInputs(inputs: TensorMap): string {
  const show = ([name, { dtype, shape }]: [string, Tensor]) =>
    `${name} ${dtype} [${shape.join(',')}]`;
  return Object.entries(inputs).map(show).join(', ');
}
