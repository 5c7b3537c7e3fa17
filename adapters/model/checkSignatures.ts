import type { Fault } from '../../core/config/Fault.ts';
import type { Dimension, GraphName, ModelSpec, TensorSpec } from '../../core/policy/ModelSpec.ts';
import type { SessionSignature, SessionTensor } from '../onnx/OrtGraphs.ts';
import { showShape } from './graphContract.ts';

/** Compares what the manifest says of the graphs with what the sessions say. */
export function checkSignatures(
  spec: ModelSpec,
  signatures: ReadonlyMap<GraphName, SessionSignature>,
): Fault[] {
  const faults: Fault[] = [];
  for (const [name, signature] of signatures) {
    const graph = spec.graphs[name];
    if (!graph) continue;
    for (const side of ['inputs', 'outputs'] as const) {
      const field = `graphs.${name}.${side}`;
      faults.push(...compareSide(graph[side], signature[side], { source: graph.file, field }));
    }
  }
  return faults;
}

function compareSide(
  declared: ReadonlyMap<string, TensorSpec>,
  actual: readonly SessionTensor[],
  { source, field }: { readonly source: string; readonly field: string },
): Fault[] {
  const faults: Fault[] = [];
  for (const [name, tensor] of declared) {
    const found = actual.find((candidate) => candidate.name === name);
    if (found && found.dtype === tensor.dtype && serves(found.shape, tensor.shape)) continue;
    faults.push({
      source,
      field: `${field}.${name}`,
      expected: `${tensor.dtype} ${showShape(tensor.shape)}, as in the manifest`,
      found: found ? `${found.dtype} ${showShape(found.shape)}` : 'nothing',
    });
  }
  for (const { name, dtype, shape } of actual) {
    if (declared.has(name)) continue;
    const expected = 'only what the manifest declares';
    faults.push({
      source,
      field: `${field}.${name}`,
      expected,
      found: `${dtype} ${showShape(shape)}`,
    });
  }
  return faults;
}

/** A session whose size may vary serves a fixed one, not the other way round. */
function serves(actual: readonly Dimension[], declared: readonly Dimension[]): boolean {
  if (actual.length !== declared.length) return false;
  return actual.every((size, i) => typeof size === 'string' || size === declared[i]);
}
