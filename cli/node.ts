import fs from 'node:fs';
import path from 'node:path';
import { spawnForwarding } from './launch/spawnForwarding.ts';

/** Folder of the compiled nodes, each with a `main.js`. */
const nodesDir = path.join(import.meta.dirname, '..', 'nodes');

/** `st4vla node NAME [--ros-args …]`: one node of this package, as `ros2 run` would start it. */
export async function run(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const main = path.join(nodesDir, name, 'main.js');
  if (name === '' || !fs.existsSync(main)) {
    const isHelp = name === '--help' || name === '-h';
    const usage = `usage: st4vla node ${nodeNames().join('|')} [--ros-args …]\n`;
    (isHelp ? process.stdout : process.stderr).write(usage);
    return isHelp ? 0 : 2;
  }
  return spawnForwarding(process.execPath, [main, ...rest]);
}

function nodeNames(): string[] {
  const names = fs.existsSync(nodesDir) ? fs.readdirSync(nodesDir) : [];
  return names.filter((name) => fs.existsSync(path.join(nodesDir, name, 'main.js')));
}
