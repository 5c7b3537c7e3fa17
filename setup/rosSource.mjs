// Which ROS 2 is used: the one that the shell has sourced, or the pinned wheels of set-up.
import fs from 'node:fs';
import path from 'node:path';
import { stateDir } from './paths.mjs';

export const supportedDistros = ['humble', 'jazzy', 'kilted'];

/** Prefix of the ROS 2 that set-up installs. */
export const wheelsPrefix = path.join(stateDir, 'ros');

/** Install prefix of our own interfaces, built by set-up. */
export const interfacesPrefix = path.join(stateDir, 'interfaces', 'install');

/** Install prefix of the message packages that only tests need. */
export const testInterfacesPrefix = path.join(stateDir, 'test-interfaces', 'install');

/**
 * @typedef {{ kind: 'sourced', distro: string, prefixes: string[] }
 *         | { kind: 'wheels', distro: 'jazzy', prefixes: string[] }} RosSource
 */

/**
 * A sourced ROS 2 counts when the shell names its distribution and prefixes and has its `ros2`;
 * prefixes that set-up made itself (a sourced .st4vla/env.sh) do not.
 * @param {NodeJS.ProcessEnv} env
 * @returns {RosSource}
 */
export function findRosSource(env) {
  const prefixes = (env['AMENT_PREFIX_PATH'] ?? '')
    .split(':')
    .filter((prefix) => prefix !== '' && !prefix.startsWith(stateDir + path.sep));
  const distro = env['ROS_DISTRO'];
  if (distro && prefixes.length > 0 && findOnPath('ros2', env))
    return { kind: 'sourced', distro, prefixes };
  return { kind: 'wheels', distro: 'jazzy', prefixes: [wheelsPrefix] };
}

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} full path of an executable file
 */
export function findOnPath(program, env) {
  for (const dir of (env['PATH'] ?? '').split(':')) {
    const file = path.join(dir, program);
    if (dir !== '' && isExecutable(file)) return file;
  }
  return undefined;
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
