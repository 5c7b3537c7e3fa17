import type { MessageType, Parameter } from 'rclnodejs';
import { type Fault, formatFault, showValue } from '../../../core/config/Fault.ts';
import {
  checkParameterChange,
  type ParameterSpec,
  type ParameterTable,
} from '../../../core/config/ParameterTable.ts';
import type { ManagedNode } from '../node/ManagedNode.ts';
import { listNames } from './parameterNames.ts';

type ParameterMessage = MessageType<'rcl_interfaces/msg/Parameter'>;
type Value = MessageType<'rcl_interfaces/msg/ParameterValue'>;
type Result = MessageType<'rcl_interfaces/msg/SetParametersResult'>;
type Descriptor = MessageType<'rcl_interfaces/msg/ParameterDescriptor'>;

const NOT_SET = 0;
/** The field of a ParameterValue that counts, by its type. */
const FIELDS: readonly (keyof Value | undefined)[] = [
  undefined,
  'bool_value',
  'integer_value',
  'double_value',
  'string_value',
  'byte_array_value',
  'bool_array_value',
  'integer_array_value',
  'double_array_value',
  'string_array_value',
];

export type ServedParameters = {
  readonly node: ManagedNode;
  readonly table: ParameterTable;
  /** What faults call the place that values come from. */
  readonly source: string;
  /** Declared by rclnodejs, and read at the start alone. */
  readonly fixed: readonly string[];
  readonly toParameter: (name: string, spec: ParameterSpec, value: unknown) => Parameter;
};

/**
 * The services of a node's parameters, as rclcpp offers them. Every request gets an answer: what cannot
 * be set is refused with what was expected and what was found, and a name that is not declared has the
 * type "not set".
 */
export function serveParameters(served: ServedParameters): void {
  const { node } = served;
  const refused = (reason: string): Result => ({ successful: false, reason });
  const declared = (name: string) =>
    node.hasParameter(name) ? node.getParameter(name) : undefined;
  node.serve(
    'rcl_interfaces/srv/SetParameters',
    '~/set_parameters',
    ({ parameters }) => ({ results: parameters.map((one) => set(served, [one])) }),
    (reason) => ({ results: [refused(reason)] }),
  );
  node.serve(
    'rcl_interfaces/srv/SetParametersAtomically',
    '~/set_parameters_atomically',
    ({ parameters }) => ({ result: set(served, parameters) }),
    (reason) => ({ result: refused(reason) }),
  );
  node.serve(
    'rcl_interfaces/srv/GetParameters',
    '~/get_parameters',
    ({ names }) => ({
      values: names.map(
        (name) => (declared(name)?.toParameterValueMessage() ?? { type: 0 }) as Value,
      ),
    }),
    () => ({ values: [] }),
  );
  node.serve(
    'rcl_interfaces/srv/GetParameterTypes',
    '~/get_parameter_types',
    ({ names }) => ({ types: names.map((name) => Number(declared(name)?.type ?? NOT_SET)) }),
    () => ({ types: [] }),
  );
  node.serve(
    'rcl_interfaces/srv/DescribeParameters',
    '~/describe_parameters',
    ({ names }) => ({
      descriptors: names.map((name) => descriptorOf(node, name)),
    }),
    () => ({ descriptors: [] }),
  );
  node.serve(
    'rcl_interfaces/srv/ListParameters',
    '~/list_parameters',
    ({ prefixes, depth }) => ({
      result: listNames(node.getParameterNames(), prefixes, Number(depth)),
    }),
    () => ({ result: { names: [], prefixes: [] } }),
  );
}

/** Sets all of these or none. */
function set(served: ServedParameters, messages: readonly ParameterMessage[]): Result {
  const { node, table, toParameter } = served;
  const changes = messages.map(({ name, value }) => ({ name, value: valueOf(value) }));
  const faults = changes
    .map((change) => faultOf(served, change))
    .filter((one) => one !== undefined);
  if (faults.length > 0) return { successful: false, reason: faults.map(formatFault).join('; ') };
  const parameters = changes.map(({ name, value }) => toParameter(name, table[name]!, value));
  const { successful, reason } = node.setParametersAtomically(parameters) as Result;
  return { successful, reason };
}

function faultOf(
  { table, source, fixed }: ServedParameters,
  { name, value }: { readonly name: string; readonly value: unknown },
): Fault | undefined {
  if (Object.hasOwn(table, name)) return checkParameterChange(table, name, value, source);
  if (fixed.includes(name)) {
    const expected = 'no change while the node runs';
    return { source, field: name, expected, found: showValue(value) };
  }
  const expected = `one of the parameters ${Object.keys(table).join(', ')}`;
  return { source, field: '', expected, found: showValue(name) };
}

function descriptorOf(node: ManagedNode, name: string): Descriptor {
  const nothing = { name, type: NOT_SET, description: '', additional_constraints: '' };
  // rclnodejs fills in what a message leaves out.
  return (
    node.hasParameter(name) ? node.getParameterDescriptor(name).toMessage() : nothing
  ) as Descriptor;
}

/** Undefined where it has none, by which rcl deletes a parameter. */
function valueOf(message: Value): unknown {
  const field = FIELDS[message.type];
  const value: unknown = field && message[field];
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<unknown>) : value;
}
