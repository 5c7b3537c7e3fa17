import '../process/requireRos.ts';
import rclnodejs, { type Parameter } from 'rclnodejs';
import { type Fault, formatFault, showValue } from '../../../core/config/Fault.ts';
import {
  type Config,
  type ParameterSpec,
  type ParameterTable,
  checkParameterChange,
  describeExpected,
  parseParameters,
} from '../../../core/config/ParameterTable.ts';
import type { ManagedNode } from '../node/ManagedNode.ts';
import { namesForMany } from './parameterOverrides.ts';
import { serveParameters } from './serveParameters.ts';

const TYPES = {
  bool: rclnodejs.ParameterType.PARAMETER_BOOL,
  integer: rclnodejs.ParameterType.PARAMETER_INTEGER,
  double: rclnodejs.ParameterType.PARAMETER_DOUBLE,
  string: rclnodejs.ParameterType.PARAMETER_STRING,
  'integer[]': rclnodejs.ParameterType.PARAMETER_INTEGER_ARRAY,
  'double[]': rclnodejs.ParameterType.PARAMETER_DOUBLE_ARRAY,
  'string[]': rclnodejs.ParameterType.PARAMETER_STRING_ARRAY,
};

/** Declared by rclnodejs itself, or of the launch system; read at the start alone. */
const foreignParameters = ['use_sim_time', 'start_type_description_service'];
/** rclcpp lets a user change a topic's QoS by parameters of such names; here it is fixed. */
const QOS_OVERRIDES = 'qos_overrides.';

export type DeclaredParameters<T extends ParameterTable> =
  | { readonly ok: true; readonly current: () => Config<T>; onChange(react: () => void): void }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Values that take the place of those given, before any is declared. */
export type Resolve<T extends ParameterTable> = (
  config: Config<T>,
) => Promise<Readonly<Record<string, unknown>>> | undefined;

/**
 * Declares a table's parameters with the values from the command line and the parameter files, and
 * vetoes every later change that the table does not allow.
 */
export async function declareParameters<T extends ParameterTable>(
  node: ManagedNode,
  table: T,
  resolve: Resolve<T> = () => undefined,
): Promise<DeclaredParameters<T>> {
  const source = `parameters of ${node.fullName}`;
  const overrides = new Map(node.getParameterOverrides().map(({ name, value }) => [name, value]));
  const ignored = ignoredNames(node, table, [...overrides.keys()]);
  const ignore = [...foreignParameters, ...ignored];
  const given = parseParameters(table, overrides, { source, ignore });
  if (given.ok) {
    for (const [name, value] of Object.entries((await resolve(given.config)) ?? {})) {
      overrides.set(name, value);
    }
  }
  const parsed = parseParameters(table, overrides, { source, ignore });
  const faults = [...(parsed.ok ? [] : parsed.faults), ...foreignFaults(source, overrides)];
  if (!parsed.ok || faults.length > 0) return { ok: false, faults };

  const values = new Map<string, unknown>();
  for (const [name, spec] of Object.entries(table)) {
    values.set(name, overrides.get(name) ?? spec.default);
    declare(node, name, spec, values.get(name));
  }
  let config = parsed.config;
  const listeners: (() => void)[] = [];
  node.addOnSetParametersCallback((changes) => {
    const reasons = changes
      .filter(({ name }) => !foreignParameters.includes(name))
      .map(({ name, value }) => checkParameterChange(table, name, value, source))
      .filter((fault) => fault !== undefined)
      .map(formatFault);
    return { successful: reasons.length === 0, reason: reasons.join('; ') };
  });
  node.addPostSetParametersCallback((changes) => {
    for (const { name, value } of changes) if (values.has(name)) values.set(name, value);
    const reparsed = parseParameters(table, values, { source });
    if (!reparsed.ok) throw new Error(reparsed.faults.map(formatFault).join('; '));
    config = reparsed.config;
    for (const react of listeners) react();
  });
  const toParameter = (name: string, spec: ParameterSpec, value: unknown) =>
    new rclnodejs.Parameter(name, TYPES[spec.type], toRos(spec, value));
  serveParameters({ node, table, source, fixed: foreignParameters, toParameter });
  return { ok: true, current: () => config, onChange: (react) => listeners.push(react) };
}

/** Names that are no fault although the table does not have them; the log says which. */
function ignoredNames(
  node: ManagedNode,
  table: ParameterTable,
  names: readonly string[],
): readonly string[] {
  const forMany = namesForMany(node.givenParameters, node.fullName, process.argv);
  const unknown = names.filter(
    (name) => !Object.hasOwn(table, name) && !foreignParameters.includes(name),
  );
  const ofQos = unknown.filter((name) => name.startsWith(QOS_OVERRIDES));
  const ofOthers = unknown.filter((name) => forMany.has(name) && !ofQos.includes(name));
  const warn = (what: string, which: readonly string[]) => {
    if (which.length > 0)
      node.getLogger().warn(`${what}: ${which.map((one) => showValue(one)).join(', ')}`);
  };
  warn('parameters for all nodes that this one does not have are left out', ofOthers);
  warn('the QoS of this node is fixed, so these parameters are left out', ofQos);
  return [...ofQos, ...ofOthers];
}

/** rclnodejs would only log it, and take the time of the system. */
function foreignFaults(source: string, overrides: ReadonlyMap<string, unknown>): Fault[] {
  return foreignParameters.flatMap((field) => {
    const value = overrides.get(field);
    if (value === undefined || typeof value === 'boolean') return [];
    return [{ source, field, expected: 'a bool', found: showValue(value) }];
  });
}

function declare(node: ManagedNode, name: string, spec: ParameterSpec, value: unknown): void {
  const type = TYPES[spec.type];
  const descriptor = new rclnodejs.ParameterDescriptor(
    name,
    type,
    spec.description,
    spec.readOnly === true,
  );
  descriptor.additionalConstraints = describeExpected(spec);
  // The value was converted to the table's type: `:=1` is fine for a double.
  const parameter: Parameter = new rclnodejs.Parameter(name, type, toRos(spec, value));
  node.declareParameter(parameter, descriptor, true);
}

function toRos(spec: ParameterSpec, value: unknown): unknown {
  if (spec.type === 'integer[]') return Array.from(value as ArrayLike<number>, BigInt);
  if (spec.type === 'double[]') return Array.from(value as ArrayLike<number>, Number);
  if (spec.type === 'string[]') return Array.from(value as ArrayLike<string>);
  return spec.type === 'double' ? Number(value) : value;
}
