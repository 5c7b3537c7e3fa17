import fs from 'node:fs';
import path from 'node:path';
import { EXIT_REFUSED } from '../../nodes/shared/process/refusal.ts';
import type { LaunchContext, Remap } from './LaunchContext.ts';
import type { LaunchEntity } from './LaunchEntity.ts';
import { LaunchError } from './LaunchError.ts';
import { requireNamespace, requireNodeName, requireTopicName } from './launchNames.ts';
import { ownName } from './packages.ts';
import type { ParameterSource, ProcessSpec } from './ProcessSpec.ts';

/** `node`: a program of a package with its ROS arguments, built as launch_ros builds them. */
export function planNode(entity: LaunchEntity, context: LaunchContext): ProcessSpec {
  const pkg = context.requiredText(entity, 'pkg');
  const executable = context.requiredText(entity, 'exec');
  const name = context.text(entity, 'name');
  if (name !== undefined) requireNodeName(name, entity.place);
  const ownNamespace = context.text(entity, 'namespace') ?? '';
  requireNamespace(ownNamespace, entity.place);
  const namespace = context.namespaceWith(ownNamespace);
  const args = splitWords(context.text(entity, 'args') ?? '');
  const ownRemaps = entity.list('remap').map((remap) => {
    const pair = remapOf(remap, context);
    remap.assertAllRead();
    return pair;
  });
  const remaps = [...context.remaps, ...ownRemaps].flatMap(([from, to]) => [
    '-r',
    `${from}:=${to}`,
  ]);
  const rosArgs = [
    ...splitWords(context.text(entity, 'ros_args') ?? ''),
    ...(name === undefined ? [] : ['-r', `__node:=${name}`]),
    ...(namespace === '' ? [] : ['-r', `__ns:=${namespace}`]),
    ...remaps,
  ];
  let program: readonly string[];
  try {
    program = context.packages.command(pkg, executable);
  } catch (error) {
    throw new LaunchError(entity.place, error instanceof Error ? error.message : String(error));
  }
  return {
    label: name ?? executable,
    node: name === undefined ? undefined : `${namespace}/${name}`,
    command: [...program, ...args, '--ros-args', ...rosArgs],
    parameters: entity.list('param').flatMap((param) => parametersOf(param, context, '')),
    ...(pkg === ownName ? { refusalExit: EXIT_REFUSED } : {}),
    ...commonAttributes(entity, context),
  };
}

/** `from` and `to` of an entity, checked as names of ROS. */
export function remapOf(entity: LaunchEntity, context: LaunchContext): Remap {
  const pair = [context.requiredText(entity, 'from'), context.requiredText(entity, 'to')] as const;
  for (const name of pair) requireTopicName(name, entity.place);
  return pair;
}

/** `executable`: any program. */
export function planExecutable(entity: LaunchEntity, context: LaunchContext): ProcessSpec {
  const command = splitWords(context.requiredText(entity, 'cmd'));
  return {
    label: context.text(entity, 'name') ?? command[0] ?? 'executable',
    node: undefined,
    command,
    parameters: [],
    ...commonAttributes(entity, context),
  };
}

/** `include` of a launch file in Python or XML: `ros2 launch` runs it, as a process of this launch. */
export function planForeignLaunch(
  entity: LaunchEntity,
  context: LaunchContext,
  file: string,
  args: readonly (readonly [name: string, value: string])[],
): ProcessSpec {
  const name = path.basename(file);
  const refusal = (reason: string) => new LaunchError(entity.place, `${name}: ${reason}`);
  if (context.namespaceWith('') !== '')
    throw refusal('a namespace cannot be pushed onto a file that is not YAML');
  if (context.remaps.length > 0)
    throw refusal('set_remap cannot reach into a file that is not YAML');
  let program: readonly string[];
  try {
    program = context.packages.ros2Launch();
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error));
  }
  return {
    label: name.replace(/\.launch\.\w+$/, ''),
    node: undefined,
    command: [...program, file, ...args.map(([key, value]) => `${key}:=${value}`)],
    parameters: [],
    env: context.env,
    cwd: undefined,
    output: 'screen',
    respawn: false,
    respawnDelaySec: 0,
    isRequired: false,
  };
}

type Common = Omit<ProcessSpec, 'label' | 'node' | 'command' | 'parameters'>;

function commonAttributes(entity: LaunchEntity, context: LaunchContext): Common {
  const output = context.text(entity, 'output') ?? 'log';
  if (output !== 'screen' && output !== 'log' && output !== 'both')
    throw new LaunchError(entity.place, `"output" must be screen, log or both, not "${output}"`);
  const onExit = context.text(entity, 'on_exit');
  if (onExit !== undefined && onExit !== 'shutdown')
    throw new LaunchError(entity.place, `"on_exit" must be shutdown, not "${onExit}"`);
  const env = entity.list('env').map((variable): [string, string] => {
    const name = context.requiredText(variable, 'name');
    const value = context.requiredText(variable, 'value');
    variable.assertAllRead();
    return [name, value];
  });
  return {
    env: { ...context.env, ...Object.fromEntries(env) },
    cwd: context.text(entity, 'cwd'),
    output: output === 'log' ? 'log' : 'screen',
    respawn: context.boolean(entity, 'respawn') ?? false,
    respawnDelaySec: context.number(entity, 'respawn_delay') ?? 0,
    isRequired: onExit === 'shutdown',
  };
}

/** A file (`from`), a value (`name`, `value`), or a group of them (`name`, `param`) as `name.inner`. */
function parametersOf(
  param: LaunchEntity,
  context: LaunchContext,
  prefix: string,
): ParameterSource[] {
  const file = prefix === '' ? context.text(param, 'from') : undefined;
  if (file !== undefined) {
    param.assertAllRead();
    if (!fs.existsSync(file)) throw new LaunchError(param.place, `there is no file ${file}`);
    return [{ file }];
  }
  const name = prefix + context.requiredText(param, 'name');
  const value = parameterValue(param, context, typeOf(param, context));
  const nested = param.list('param');
  param.assertAllRead();
  if ((value === undefined) === (nested.length === 0))
    throw new LaunchError(param.place, 'a param needs either "value" or "param"');
  if (value !== undefined) return [{ name, value }];
  return nested.flatMap((inner) => parametersOf(inner, context, `${name}.`));
}

/** Types that `ros2 launch` knows for a parameter's value, but for lists. */
const VALUE_TYPES = ['str', 'bool', 'int', 'float'];

function typeOf(param: LaunchEntity, context: LaunchContext): string | undefined {
  const type = context.text(param, 'type');
  if (type === undefined || VALUE_TYPES.includes(type)) return type;
  const problem = `"type" of param: expected ${VALUE_TYPES.join(', ')}, found "${type}"`;
  throw new LaunchError(param.place, problem);
}

/**
 * As YAML: what a substitution gives is read as YAML, and so is plain text, but quoted text, and
 * what is said to be of type str, is text.
 */
function parameterValue(
  param: LaunchEntity,
  context: LaunchContext,
  type: string | undefined,
): string | undefined {
  const value = context.text(param, 'value');
  if (value !== undefined && type === 'str') return JSON.stringify(value);
  if (value === undefined || param.text('value')?.includes('$(')) return value;
  return param.isQuoted('value') ? JSON.stringify(value) : value;
}

/** Words of a command line; quotes keep spaces. */
export function splitWords(line: string): string[] {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
