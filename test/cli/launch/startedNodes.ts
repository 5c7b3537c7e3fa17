import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ambientPackages, type Packages } from '../../../cli/launch/packages.ts';
import type { ProcessSpec } from '../../../cli/launch/ProcessSpec.ts';
import { packageRoot } from '../../../setup/paths.mjs';
import { FOREIGN_LAUNCH_FILES, FOREIGN_NODES } from './foreignNodes.ts';

export const OUR_PACKAGE = 'st4vla_ros';
/** Any program's parameters. */
export const OF_EVERY_NODE = ['use_sim_time'];

/** Our own package as it is; others as `foreignNodes.ts` knows them, below a folder. */
export function packagesIn(folder: string): Packages {
  const ours = ambientPackages({});
  for (const file of Object.keys(FOREIGN_LAUNCH_FILES)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), '');
  }
  return {
    share: (name) => (name === OUR_PACKAGE ? packageRoot : path.join(folder, name)),
    prefix: () => folder,
    command: (name, executable) => {
      if (name === OUR_PACKAGE) return ours.command(name, executable);
      assert.ok(FOREIGN_NODES[`${name}/${executable}`], `unknown: ${name}/${executable}`);
      return [`${name}/${executable}`];
    },
    ros2Launch: () => ['ros2', 'launch', '--noninteractive'],
  };
}

/** A started node with what its parameters, remappings and namespace come to. */
export type Started = {
  readonly program: string;
  readonly name: string;
  readonly namespace: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly remaps: ReadonlyMap<string, string>;
};

export function startedOf({ command, parameters }: ProcessSpec): Started {
  const rules = command.flatMap((word, i) => (word === '-r' ? [command[i + 1]!.split(':=')] : []));
  const remaps = new Map(rules.map(([from, to]) => [from!, to!]));
  const name = remaps.get('__node') ?? '';
  const namespace = remaps.get('__ns') ?? '';
  const values = parameters.map((source) =>
    'file' in source
      ? fileParameters(source.file, name)
      : { [source.name]: parse(source.value, { version: '1.1' }) as unknown },
  );
  const ours = /nodes\/(\w+)\/main\.js$/.exec(command[1] ?? '');
  const program = ours ? `${OUR_PACKAGE}/${ours[1]!}` : command[0]!;
  return { program, name, namespace, parameters: Object.assign({}, ...values), remaps };
}

/** What a parameter file sets for a node, flattened. */
function fileParameters(file: string, node: string): Record<string, unknown> {
  const content = parse(fs.readFileSync(file, 'utf8')) as Record<
    string,
    { ros__parameters: object }
  >;
  const own = content[`/**/${node}`];
  return own === undefined ? {} : Object.fromEntries(flatten(own.ros__parameters));
}

function flatten(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? flatten(inner as object, `${prefix}${name}.`)
      : [[prefix + name, inner] as [string, unknown]],
  );
}

/** A topic's full name. */
export function resolve(name: string, { namespace, name: node }: Started): string {
  if (name.startsWith('/')) return name;
  return name.startsWith('~') ? `${namespace}/${node}${name.slice(1)}` : `${namespace}/${name}`;
}
