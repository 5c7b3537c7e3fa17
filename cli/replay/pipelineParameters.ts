import { parseYaml } from '../../adapters/files/parseYaml.ts';
import { readBoundedText } from '../../adapters/files/readBounded.ts';
import { formatFault } from '../../core/config/Fault.ts';
import { type ParameterSpec, parseParameters } from '../../core/config/ParameterTable.ts';
import {
  type ExecutionConfig,
  executionParameters,
  replacedBy,
} from '../../nodes/controller/executionParameters.ts';
import { perceptionParameters } from '../../nodes/perception/parameters.ts';
import { policyParameters } from '../../nodes/policy/parameters.ts';
import { overridesOf } from '../../nodes/shared/parameters/parameterOverrides.ts';
import type { GivenLoop } from '../arguments/loopOptions.ts';

/** What a replay takes from the nodes' parameters; undefined if no node sets it. */
export type PipelineParameters = GivenLoop & { readonly maxSkewSec?: number };

type Source = { readonly node: string; readonly name: string; readonly spec: ParameterSpec };

const perception = (name: keyof typeof perceptionParameters): Source => {
  return { node: 'perception', name, spec: perceptionParameters[name] };
};
const policy = (name: keyof typeof policyParameters): Source => {
  return { node: 'policy', name, spec: policyParameters[name] };
};
const controller = (name: keyof typeof executionParameters): Source => {
  return { node: 'controller', name, spec: executionParameters[name] };
};

const SOURCES: Readonly<Record<string, Source>> = {
  maxSkewSec: perception('max_joint_skew'),
  planPeriodSec: policy('planner.period'),
  maxPlanAgeSec: policy('max_plan_age'),
  lockStep: policy('lock_step'),
  queueMode: controller('queue.mode'),
  queueEnsembleHorizon: controller('queue.ensemble_horizon'),
  queueEnsembleAlpha: controller('queue.ensemble_alpha'),
  queueExecutionHorizon: controller('queue.execution_horizon'),
  gripperHold: controller('gripper_hold'),
};

/** The files in config/ have some thousand. */
const MAX_FILE_BYTES = 1 << 18;

/**
 * Reads a ROS parameter file, such as those in `config/`, as the nodes of a namespace would.
 * @param refuse is called with each fault of the file
 */
export function readPipelineParameters(
  file: string,
  namespace: string,
  refuse: (fault: string) => void,
): PipelineParameters {
  let nodes: [string, unknown][];
  try {
    const text = readBoundedText(file, MAX_FILE_BYTES);
    nodes = Object.entries((parseYaml(text, { version: '1.1' }) ?? {}) as object);
  } catch (error) {
    refuse(`--params-file ${file}: ${(error as Error).message.split('\n')[0]}`);
    return {};
  }
  const overrides = nodes.map(([name, content]) => {
    const parameters = (content as { ros__parameters?: unknown } | null)?.ros__parameters;
    if (!isMap(parameters)) {
      refuse(`--params-file ${file}: ${name}: expected ros__parameters with a map`);
      return { name, parameters: [] };
    }
    return { name, parameters: flat(parameters, '') };
  });
  const found = Object.entries(SOURCES).flatMap(([field, { node, name, spec }]) => {
    const given = overridesOf(overrides, `/${[namespace, node].filter(Boolean).join('/')}`);
    const value = given.get(name)?.value;
    if (value === undefined) return [];
    const source = `--params-file ${file}: ${node}`;
    const result = parseParameters({ [name]: spec }, { [name]: value }, { source });
    if (result.ok) return [[field, value] as const];
    for (const fault of result.faults) refuse(formatFault(fault));
    return [];
  });
  const values = Object.fromEntries(found) as Partial<ExecutionConfig> & PipelineParameters;
  const { maxSkewSec, planPeriodSec, maxPlanAgeSec, lockStep } = values;
  const execution = definedOf(replacedBy(values));
  return {
    ...definedOf({ maxSkewSec, planPeriodSec, maxPlanAgeSec, lockStep }),
    ...(Object.keys(execution).length > 0 && { execution }),
  };
}

function definedOf<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

type Given = { readonly name: string; readonly value: unknown };

/** Groups become `group.name`. */
function flat(values: Readonly<Record<string, unknown>>, prefix: string): Given[] {
  return Object.entries(values).flatMap(([name, value]) =>
    isMap(value) ? flat(value, `${prefix}${name}.`) : [{ name: prefix + name, value }],
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
