// A folder in which rclnodejs's build finds rcl, wherever that is installed.
import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from './steps.mjs';

/** What rclnodejs's `scripts/config.cjs` and `binding.gyp` look for below the folder of `ros2`. */
export const headerPackages = [
  'rcl',
  'rcutils',
  'rmw',
  'rcl_yaml_param_parser',
  'rosidl_typesupport_interface',
  'rcl_action',
  'action_msgs',
  'service_msgs',
  'unique_identifier_msgs',
  'builtin_interfaces',
  'rcl_lifecycle',
  'lifecycle_msgs',
  'rcpputils',
  'rosidl_runtime_c',
  'rosidl_dynamic_typesupport',
  'type_description_interfaces',
  'rcl_logging_interface',
];
export const libraries = [
  'rcl',
  'rcl_action',
  'rcl_lifecycle',
  'rcutils',
  'rcl_logging_interface',
  'rcl_yaml_param_parser',
  'rcpputils',
  'rmw',
  'rosidl_runtime_c',
];
/** Packages that a supported ROS 2 may lack: Humble does. */
const notEverywhere = ['service_msgs', 'rosidl_dynamic_typesupport', 'type_description_interfaces'];

/**
 * Links headers and libraries of the prefixes of `AMENT_PREFIX_PATH` into a folder: there they may be
 * spread over overlays, or over a folder a package, while rclnodejs looks where the program `ros2` lies.
 * @param {string} folder to be made
 * @param {readonly string[]} prefixes the first one that has something counts
 * @returns {string} the folder that has to be first on PATH
 * @throws {SetupError} where something is nowhere
 */
export function makeRosTree(folder, prefixes) {
  /** @type {string[]} */
  const missing = [];
  /** @param {string} kind @param {string} name @param {boolean} isOptional */
  const link = (kind, name, isOptional) => {
    const found = prefixes
      .map((prefix) => path.join(prefix, kind, name))
      .find((file) => fs.existsSync(file));
    if (found !== undefined) fs.symlinkSync(found, path.join(folder, kind, name));
    else if (!isOptional) missing.push(`${kind}/${name}`);
  };
  for (const name of ['bin', 'include', 'lib'])
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  for (const name of headerPackages) link('include', name, notEverywhere.includes(name));
  for (const name of libraries) link('lib', `lib${name}.so`, false);
  if (missing.length > 0) {
    const where = prefixes.length > 0 ? prefixes.join(':') : 'nothing';
    throw new SetupError(
      `rclnodejs cannot be built: no ${missing.join(', ')} in the prefixes of AMENT_PREFIX_PATH (${where})`,
      'source the ROS 2, and all workspaces, in which rcl and what it needs are installed with their headers',
    );
  }
  const marker = path.join(folder, 'bin');
  fs.writeFileSync(path.join(marker, 'ros2'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return marker;
}

/** @param {NodeJS.ProcessEnv} env @returns {string[]} */
export function amentPrefixes(env) {
  return (env['AMENT_PREFIX_PATH'] ?? '').split(':').filter((prefix) => prefix !== '');
}
