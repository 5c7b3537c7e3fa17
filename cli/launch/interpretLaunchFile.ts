import fs from 'node:fs';
import path from 'node:path';
import { readBoundedText } from '../../adapters/files/readBounded.ts';
import { LaunchContext, type DeclaredArgument } from './LaunchContext.ts';
import { LaunchEntity } from './LaunchEntity.ts';
import { LaunchError } from './LaunchError.ts';
import { requireNamespace } from './launchNames.ts';
import type { Packages } from './packages.ts';
import { planExecutable, planForeignLaunch, planNode, remapOf } from './specifyProcess.ts';
import type { ProcessSpec } from './ProcessSpec.ts';

/** More files that include one another do so without end. */
const MAX_INCLUDED = 50;

export type Launch = {
  readonly processes: readonly ProcessSpec[];
  readonly declared: readonly DeclaredArgument[];
};

/**
 * Reads a YAML launch file as `ros2 launch` does and tells which processes it starts. Known are arg,
 * let, set_env, set_remap, group, push_ros_namespace, include, node and executable; anything else is
 * an error with file and line. Included files in other formats are left to `ros2 launch`.
 * @param args launch arguments by name
 */
export function interpretLaunchFile(
  file: string,
  args: ReadonlyMap<string, string>,
  packages: Packages,
  env: NodeJS.ProcessEnv,
): Launch {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]);
  const context = LaunchContext.start(path.resolve(file), packages, args, new Map(entries));
  const processes = interpretFile(context);
  for (const name of args.keys()) {
    if (context.declared.some((argument) => argument.name === name)) continue;
    const names = context.declared.map((argument) => argument.name).join(', ') || 'none';
    throw new Error(`${file} declares no argument "${name}"; it has ${names}`);
  }
  return { processes, declared: context.declared };
}

/** Of a launch file, bytes. */
const LARGEST_FILE = 1 << 18;

function interpretFile(context: LaunchContext): ProcessSpec[] {
  const text = readBoundedText(context.file, LARGEST_FILE);
  return interpretAll(LaunchEntity.parseFile(context.file, text), context);
}

function interpretAll(entities: readonly LaunchEntity[], context: LaunchContext): ProcessSpec[] {
  return entities.flatMap((entity) => interpret(entity, context));
}

function interpret(entity: LaunchEntity, context: LaunchContext): ProcessSpec[] {
  if (!entity.isList && !conditionHolds(entity, context)) return [];
  const processes = actions[entity.type]?.(entity, context);
  if (processes === undefined)
    throw new LaunchError(entity.place, `the entity "${entity.type}" is not supported`);
  entity.assertAllRead();
  return processes;
}

type Action = (entity: LaunchEntity, context: LaunchContext) => ProcessSpec[];

const actions: Readonly<Record<string, Action>> = {
  arg: declareArgument,
  let: (entity, context) => {
    context.setVariable(entity.requiredText('name'), context.requiredText(entity, 'value'));
    return [];
  },
  set_env: (entity, context) => {
    context.setEnv(entity.requiredText('name'), context.requiredText(entity, 'value'));
    return [];
  },
  push_ros_namespace: pushNamespace,
  'push-ros-namespace': pushNamespace,
  set_remap: (entity, context) => {
    context.addRemap(remapOf(entity, context));
    return [];
  },
  group: (entity, context) => {
    const scoped = entity.isList || (context.boolean(entity, 'scoped') ?? true);
    return interpretAll(entity.children(), scoped ? context.scoped() : context);
  },
  include: includeFile,
  node: (entity, context) => [planNode(entity, context)],
  executable: (entity, context) => [planExecutable(entity, context)],
};

function conditionHolds(entity: LaunchEntity, context: LaunchContext): boolean {
  const positive = context.boolean(entity, 'if');
  const negative = context.boolean(entity, 'unless');
  return positive !== false && negative !== true;
}

function declareArgument(entity: LaunchEntity, context: LaunchContext): ProcessSpec[] {
  const name = entity.requiredText('name');
  const description = entity.text('description') ?? '';
  const value = entity.text('default');
  const choices = entity.list('choice').map((choice) => {
    const text = choice.requiredText('value');
    choice.assertAllRead();
    return text;
  });
  context.declared.push({ name, default: value, description });
  if (!context.has(name)) {
    if (value === undefined)
      throw new LaunchError(entity.place, `the argument "${name}" has no default: give ${name}:=…`);
    context.setVariable(name, context.expand(value, entity.place));
  }
  const given = context.expand(`$(var ${name})`, entity.place);
  if (choices.length > 0 && !choices.includes(given)) {
    const problem = `the argument "${name}" is "${given}"; it must be one of ${choices.join(', ')}`;
    throw new LaunchError(entity.place, problem);
  }
  return [];
}

function pushNamespace(entity: LaunchEntity, context: LaunchContext): ProcessSpec[] {
  const namespace = context.requiredText(entity, 'namespace');
  requireNamespace(namespace, entity.place);
  context.pushNamespace(namespace);
  return [];
}

function includeFile(entity: LaunchEntity, context: LaunchContext): ProcessSpec[] {
  const file = path.resolve(path.dirname(context.file), context.requiredText(entity, 'file'));
  if (!fs.existsSync(file)) throw new LaunchError(entity.place, `there is no file ${file}`);
  if (context.depth > MAX_INCLUDED)
    throw new LaunchError(entity.place, `${MAX_INCLUDED} files include one another`);
  const args = entity.list('arg').map((arg): [string, string] => {
    const pair: [string, string] = [arg.requiredText('name'), context.requiredText(arg, 'value')];
    arg.assertAllRead();
    return pair;
  });
  if (!/\.ya?ml$/.test(file)) return [planForeignLaunch(entity, context, file, args)];
  for (const [name, value] of args) context.setVariable(name, value);
  return interpretFile(context.included(file));
}
