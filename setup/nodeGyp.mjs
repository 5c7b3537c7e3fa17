// How rclnodejs is built from source.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Arguments for `node`, to be run in rclnodejs's folder.
 * @param {string} nodeModules the folder that holds node-gyp
 * @returns {string[]}
 */
export function nodeGypArguments(nodeModules) {
  const script = path.join(nodeModules, 'node-gyp', 'bin', 'node-gyp.js');
  const args = [script, 'rebuild', '-j', String(Math.min(os.cpus().length, 8))];
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  const hasHeaders = fs.existsSync(path.join(prefix, 'include', 'node', 'node_api.h'));
  return hasHeaders ? [...args, `--nodedir=${prefix}`] : args; // else node-gyp downloads them
}
