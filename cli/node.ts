import fs from 'node:fs';
import path from 'node:path';
import { defineCommand } from './arguments/Command.ts';
import { spawnForwarding } from './launch/spawnForwarding.ts';

/** Folder of the compiled nodes, each with a `main.js`. */
const nodesDir = path.join(import.meta.dirname, '..', 'nodes');

type NodeArguments = { readonly name: string; readonly passedOn: readonly string[] };

export const command = defineCommand({
  name: 'node',
  about: 'Runs one node of this package, as `ros2 run` would.',
  positionals: [
    {
      name: 'NAME',
      help: 'the node',
      expected: nodeNames().join(' or '),
      choices: Object.fromEntries(nodeNames().map((name) => [name, null])),
    },
  ],
  passesOn: { from: 'second argument', usage: '[--ros-args ...]' },
  options: {},
  build(_, { words, passedOn }): NodeArguments {
    return { name: words[0]!, passedOn };
  },
});

/** `st4vla node NAME [--ros-args …]`; resolves to the exit code of the node. */
export function run({ name, passedOn }: NodeArguments): Promise<number> {
  return spawnForwarding(process.execPath, [path.join(nodesDir, name, 'main.js'), ...passedOn]);
}

function nodeNames(): string[] {
  const names = fs.existsSync(nodesDir) ? fs.readdirSync(nodesDir) : [];
  return names.filter((name) => fs.existsSync(path.join(nodesDir, name, 'main.js')));
}
