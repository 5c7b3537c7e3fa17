import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** What a process was started as. */
export type Command = {
  /** Its program, as the kernel knows it; undefined where the kernel does not say. */
  readonly program: string | undefined;
  readonly words: readonly string[];
  readonly workingDirectory: string;
};

/** The programs of the nodes of this package, as files → what they are, e.g. `policy`. */
export type NodePrograms = ReadonlyMap<string, string>;

/** @param folder of the compiled nodes, each with a `main.js` */
export function nodePrograms(folder: string): NodePrograms {
  const kinds = readdirSync(folder).filter((kind) => existsSync(join(folder, kind, 'main.js')));
  return new Map(kinds.map((kind) => [realpathSync(join(folder, kind, 'main.js')), kind]));
}

/**
 * The full name of the node that a command starts, as ROS makes it of the remaps on the command line;
 * undefined where it is no node of ours: another program, or another file.
 * @param nodeJs the program that runs the nodes
 */
export function nodeOfCommand(
  { program, words, workingDirectory }: Command,
  programs: NodePrograms,
  nodeJs: string,
): string | undefined {
  const isNodeJs =
    program === undefined ? basename(words[0] ?? '') === basename(nodeJs) : program === nodeJs;
  const script = words.slice(1).find((word) => !word.startsWith('-'));
  if (!isNodeJs || script === undefined) return undefined;
  const kind = programs.get(realPath(resolve(workingDirectory, script)));
  if (kind === undefined) return undefined;
  const rules = remaps(words);
  const name = firstOf(rules, kind, ['__node', '__name']) ?? kind;
  const namespace = (firstOf(rules, kind, ['__ns']) ?? '').replace(/^\/|\/$/g, '');
  return namespace === '' ? `/${name}` : `/${namespace}/${name}`;
}

/** What follows `-r` and `--remap` among the ROS arguments. */
function remaps(words: readonly string[]): string[] {
  const rules: string[] = [];
  let isRos = false;
  for (const [i, word] of words.entries()) {
    if (word === '--ros-args') isRos = true;
    else if (word === '--') isRos = false;
    else if (isRos && (word === '-r' || word === '--remap')) rules.push(words[i + 1] ?? '');
  }
  return rules;
}

/** ROS takes the first rule that fits; one may be for the node of one name alone. */
function firstOf(rules: readonly string[], kind: string, keys: readonly string[]) {
  for (const rule of rules) {
    const [, of = kind, key = '', value] = /^(?:([^:]*):)?(__\w+):=(.*)$/.exec(rule) ?? [];
    if (of === kind && keys.includes(key)) return value;
  }
  return undefined;
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
