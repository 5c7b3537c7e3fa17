import { type Fault, FaultError, showValue } from './Fault.ts';
import { describeBounds, isWithin } from './FieldReader.ts';
import { expectedName, isRosName, ROS_NAMES, type RosNameKind } from './rosNames.ts';

type SpecOf<Type extends string, Value> = {
  readonly type: Type;
  /** Without a default the parameter must be set: robot-specific values have none. */
  readonly default?: Value;
  readonly description: string;
  readonly unit?: string;
  /** Fixed once the node is configured. */
  readonly readOnly?: boolean;
};

type NumberRange = { readonly min?: number; readonly max?: number };
type Choices = {
  readonly oneOf?: readonly string[];
  /** It is a name that ROS 2 has to take, of this kind. */
  readonly rosName?: RosNameKind;
};
/** Bounds of a list's length; of its elements say `min`, `max` and `oneOf`. */
type Lengths = { readonly minLength?: number; readonly maxLength?: number };

export type ParameterSpec =
  | SpecOf<'bool', boolean>
  | (SpecOf<'integer', number> & NumberRange)
  | (SpecOf<'double', number> & NumberRange)
  | (SpecOf<'string', string> & Choices & Lengths)
  | (SpecOf<'integer[]', readonly number[]> & NumberRange & Lengths)
  | (SpecOf<'double[]', readonly number[]> & NumberRange & Lengths)
  | (SpecOf<'string[]', readonly string[]> & Choices & Lengths);

/** A node's parameters by their ROS name (`snake_case`, groups separated by dots). */
export type ParameterTable = Readonly<Record<string, ParameterSpec>>;

type ValueOf<S extends ParameterSpec> = S extends { readonly type: 'bool' }
  ? boolean
  : S extends { readonly type: 'integer' | 'double' }
    ? number
    : S extends { readonly type: 'integer[]' | 'double[]' }
      ? readonly number[]
      : S extends { readonly type: 'string[]' }
        ? readonly string[]
        : S extends { readonly type: 'string'; readonly oneOf: readonly (infer Choice)[] }
          ? Choice
          : string;

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${CamelCase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Name extends `${infer Head}.${infer Tail}`
    ? `${CamelCase<Head>}${Capitalize<CamelCase<Tail>>}`
    : Name;

/** The typed values of a table: `planner.max_age` of type double is `plannerMaxAge: number`. */
export type Config<T extends ParameterTable> = {
  readonly [Name in keyof T & string as CamelCase<Name>]: ValueOf<T[Name]>;
};

export type ParameterResult<T extends ParameterTable> =
  | { readonly ok: true; readonly config: Config<T> }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export type ParseOptions = {
  /** What the faults call the place that the values come from, e.g. a file or a node. */
  readonly source: string;
  /** Names outside of the table that are fine, e.g. `use_sim_time`. */
  readonly ignore?: readonly string[];
};

/**
 * Declares a table and keeps the literal types, from which `Config` is inferred. Throws where a
 * name is no ROS parameter name, two names have one camelCase form, or a default breaks its own
 * bounds.
 */
export function defineParameters<const T extends ParameterTable>(table: T): T {
  const faults: Fault[] = [];
  const seen = new Map<string, string>();
  for (const [name, spec] of Object.entries(table)) {
    const field = camelCase(name);
    const twin = seen.get(field);
    const fault = (expected: string, found: string) =>
      faults.push({ source: 'parameter table', field: name, expected, found });
    if (!/^[a-z][a-z0-9]*([_.][a-z0-9]+)*$/.test(name)) fault('snake_case', showValue(name));
    if (twin !== undefined) fault(`a name other than that of ${twin}`, field);
    if (spec.default !== undefined) {
      const result = readParameter(spec, spec.default);
      if (!result.ok) fault(result.expected, showValue(spec.default));
    }
    seen.set(field, name);
  }
  if (faults.length > 0) throw new FaultError('parameter table', faults);
  return table;
}

/** Turns a plain map of values into a config, or into the list of everything that is wrong with it. */
export function parseParameters<T extends ParameterTable>(
  table: T,
  values: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>,
  { source, ignore = [] }: ParseOptions,
): ParameterResult<T> {
  const given = values instanceof Map ? values : new Map(Object.entries(values));
  const faults: Fault[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(table)) {
    const value: unknown = given.get(name) ?? spec.default;
    if (value === undefined) {
      const expected = `${describeExpected(spec)} (it has no default)`;
      faults.push({ source, field: name, expected, found: 'nothing' });
      continue;
    }
    const result = readParameter(spec, value);
    if (result.ok) config[camelCase(name)] = result.value;
    else faults.push({ source, field: name, expected: result.expected, found: showValue(value) });
  }
  const known = listNames(table);
  for (const name of given.keys()) {
    if (Object.hasOwn(table, name) || ignore.includes(name)) continue;
    faults.push({ source, field: name, expected: known, found: showValue(name) });
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, config: config as Config<T> };
}

/** Judges one new value of a running node; `undefined` where it may be set. */
export function checkParameterChange(
  table: ParameterTable,
  name: string,
  value: unknown,
  source: string,
): Fault | undefined {
  const spec = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!spec) return { source, field: name, expected: listNames(table), found: showValue(name) };
  const fault = (expected: string) => ({ source, field: name, expected, found: showValue(value) });
  if (spec.readOnly) return fault('no change while the node runs');
  const result = readParameter(spec, value);
  return result.ok ? undefined : fault(result.expected);
}

/** `a double from 0 to 1 (s)`, `a list of string`, `"area" or "bicubic"`. */
export function describeExpected(spec: ParameterSpec): string {
  const unit = spec.unit === undefined ? '' : ` (${spec.unit})`;
  const rule = 'rosName' in spec && spec.rosName ? `: ${expectedName(spec.rosName)}` : '';
  return `${describeType(spec)}${describeRange(spec)}${unit}${rule}`;
}

/** Bounds in words, as in the documentation; empty where every value of the type is fine. */
export function describeLimits(spec: ParameterSpec): string {
  const name = 'rosName' in spec && spec.rosName ? `, ${ROS_NAMES[spec.rosName].what}` : '';
  return `${describeRange(spec)}${name}`;
}

function describeRange(spec: ParameterSpec): string {
  const range = 'min' in spec || 'max' in spec ? describeBounds(spec) : '';
  const choices =
    'oneOf' in spec && spec.oneOf
      ? ` out of ${spec.oneOf.map((choice) => showValue(choice)).join(', ')}`
      : '';
  return `${range}${choices}${describeLengths(spec)}`;
}

/** `planner.max_age` → `plannerMaxAge` */
export function camelCase(name: string): string {
  return name.replace(/[_.]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function listNames(table: ParameterTable): string {
  return `one of the parameters ${Object.keys(table).join(', ')}`;
}

type ReadResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly expected: string };

function readParameter(spec: ParameterSpec, raw: unknown): ReadResult {
  const refused = { ok: false, expected: describeExpected(spec) } as const;
  if (!spec.type.endsWith('[]')) {
    const value = readScalar(spec, raw);
    if (value === undefined) return refused;
    return typeof value === 'string' && !hasFittingLength(spec, value)
      ? refused
      : { ok: true, value };
  }
  if (!Array.isArray(raw) && !ArrayBuffer.isView(raw)) return refused;
  const values = Array.from(raw as ArrayLike<unknown>, (element) => readScalar(spec, element));
  if (values.includes(undefined) || !hasFittingLength(spec, values)) return refused;
  return { ok: true, value: values };
}

/** One value, or one element of a list; integers also come as bigint from ROS. */
function readScalar(spec: ParameterSpec, raw: unknown): boolean | number | string | undefined {
  switch (spec.type) {
    case 'bool':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'string':
    case 'string[]':
      if (typeof raw !== 'string') return undefined;
      if (spec.oneOf && !spec.oneOf.includes(raw)) return undefined;
      return spec.rosName && !isRosName(spec.rosName, raw) ? undefined : raw;
    case 'integer':
    case 'integer[]':
    case 'double':
    case 'double[]': {
      const value = typeof raw === 'bigint' ? Number(raw) : raw;
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      if (spec.type.startsWith('integer') && !Number.isSafeInteger(value)) return undefined;
      return isWithin(value, spec) ? value : undefined;
    }
  }
}

function hasFittingLength(spec: ParameterSpec, { length }: { readonly length: number }): boolean {
  const { minLength = 0, maxLength = Infinity } = spec as Lengths;
  return length >= minLength && length <= maxLength;
}

function describeType(spec: ParameterSpec): string {
  if (spec.type.endsWith('[]')) return `a list of ${spec.type.slice(0, -2)}`;
  return spec.type === 'integer' ? 'an integer' : `a ${spec.type}`;
}

function describeLengths(spec: ParameterSpec): string {
  const { minLength, maxLength } = spec as Lengths;
  if (minLength === undefined && maxLength === undefined) return '';
  const noun = spec.type === 'string' ? 'characters' : 'elements';
  if (minLength === maxLength) return `, ${minLength} ${noun}`;
  if (maxLength === undefined) return `, at least ${minLength} ${noun}`;
  return `, ${minLength ?? 0} to ${maxLength} ${noun}`;
}
