// How rclnodejs is built from source.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SetupError } from './steps.mjs';

/** @typedef {{ execPath: string, version: string }} NodeProgram process.execPath, process.versions.node */

/**
 * Arguments for `node`, to be run in rclnodejs's folder.
 * @param {string} nodeModules the folder that holds node-gyp
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 * @throws {SetupError} where this Node lacks its headers: node-gyp would download them, and no hash of
 *   ours covers that
 */
export function nodeGypArguments(nodeModules, env) {
  const prefix = findNodeHeaders(env);
  if (prefix === undefined) throw new SetupError(...missingHeaders());
  const script = path.join(nodeModules, 'node-gyp', 'bin', 'node-gyp.js');
  const jobs = String(Math.min(os.cpus().length, 8));
  return [script, 'rebuild', '-j', jobs, `--nodedir=${prefix}`];
}

/**
 * The folder whose include/node holds the headers of this Node: the one that `npm_config_nodedir`
 * names, else the one that Node itself lies in. Headers of another major version do not count.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeProgram} node
 * @returns {string | undefined}
 */
export function findNodeHeaders(
  env,
  node = { execPath: process.execPath, version: process.versions.node },
) {
  const own = path.resolve(path.dirname(node.execPath), '..');
  const named = env['npm_config_nodedir'];
  return [...(named ? [named] : []), own].find((prefix) => {
    const include = path.join(prefix, 'include', 'node');
    const versionFile = path.join(include, 'node_version.h');
    if (!fs.existsSync(path.join(include, 'node_api.h')) || !fs.existsSync(versionFile))
      return false;
    const major = /^#define NODE_MAJOR_VERSION (\d+)/m.exec(fs.readFileSync(versionFile, 'utf8'));
    return major?.[1] === node.version.split('.')[0];
  });
}

/** @returns {[string, string]} what is wrong, and the remedy */
export function missingHeaders() {
  const include = path.resolve(path.dirname(process.execPath), '..', 'include', 'node');
  return [
    `no headers of Node ${process.versions.node} in ${include}`,
    'Debian’s and Ubuntu’s own `nodejs` has them in `libnode-dev`; Node from nodejs.org or ' +
      '`nvm install 20` brings them; or name their folder in npm_config_nodedir',
  ];
}
