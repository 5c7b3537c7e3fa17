import fs from 'node:fs';
import path from 'node:path';
import { isClone, packageRoot } from '../../setup/paths.mjs';
import {
  findRosSource,
  interfacesPrefix,
  testInterfacesPrefix,
  wheelsPrefix,
  type RosSource,
} from '../../setup/rosSource.mjs';

/**
 * The environment of every process of ours that speaks ROS: ROS 2 itself, our interfaces, and the
 * Fast DDS settings that images need. `LD_LIBRARY_PATH` only counts from the start of a process, so
 * spawn one with this; the bootstrap has done so for all subcommands.
 */
export function rosEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, ...rosVariables(env) };
}

/** The same with the message packages that only tests need. */
export function testRosEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const ros = rosEnvironment(env);
  const prefix = testInterfacesPrefix;
  return {
    ...ros,
    AMENT_PREFIX_PATH: prepend([prefix], ros['AMENT_PREFIX_PATH']),
    LD_LIBRARY_PATH: prepend([path.join(prefix, 'lib')], ros['LD_LIBRARY_PATH']),
    PYTHONPATH: prepend([sitePackagesOf(prefix)], ros['PYTHONPATH']),
  };
}

/** What `rosEnvironment` sets. */
export function rosVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  // Installed by colcon, the sourced workspace and lib/st4vla_ros/* have set everything.
  if (!isClone) return {};
  return { ...variablesOf(findRosSource(env), env), ...fastDdsSettings(env) };
}

/** The environment to build in: ROS 2 without our own interfaces. */
export function buildEnvironment(source: RosSource, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (source.kind === 'sourced') return env;
  const { PYTHONPATH: _unused, ...rest } = env;
  return { ...rest, ...wheelsVariables([wheelsPrefix]) };
}

/** With these folders first on PATH, and this Node's at the end, in case it was started by its path. */
export function withPrograms(
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return { ...env, PATH: [...folders, env['PATH'], path.dirname(process.execPath)].join(':') };
}

function variablesOf(source: RosSource, env: NodeJS.ProcessEnv): Record<string, string> {
  const sitePackages = sitePackagesOf(interfacesPrefix);
  if (source.kind === 'wheels')
    return {
      ...wheelsVariables([interfacesPrefix, wheelsPrefix]),
      PYTHONPATH: sitePackages,
    };
  return {
    AMENT_PREFIX_PATH: prepend([interfacesPrefix], env['AMENT_PREFIX_PATH']),
    LD_LIBRARY_PATH: prepend([path.join(interfacesPrefix, 'lib')], env['LD_LIBRARY_PATH']),
    PYTHONPATH: prepend([sitePackages], env['PYTHONPATH']),
  };
}

function wheelsVariables(prefixes: readonly string[]): Record<string, string> {
  const libraries = [...prefixes.map((prefix) => path.join(prefix, 'lib')), ...bundledLibraries()];
  return {
    AMENT_PREFIX_PATH: prefixes.join(':'),
    CMAKE_PREFIX_PATH: prefixes.join(':'),
    LD_LIBRARY_PATH: libraries.join(':'),
    ROS_DISTRO: 'jazzy',
    ROS_VERSION: '2',
    ROS_PYTHON_VERSION: '3',
    RMW_IMPLEMENTATION: 'rmw_fastrtps_cpp',
  };
}

/** Folders of the system libraries (yaml, ssl, lttng) that the wheels bring along. */
function bundledLibraries(): string[] {
  const sitePackages = path.join(wheelsPrefix, 'lib', 'python3.11', 'site-packages');
  if (!fs.existsSync(sitePackages)) return [];
  const names = fs.readdirSync(sitePackages).filter((name) => /^ros_.*\.libs$/.test(name));
  return names.map((name) => path.join(sitePackages, name));
}

/** Where the Python of built interfaces lies, e.g. in `lib/python3.11`. */
function sitePackagesOf(prefix: string): string {
  const lib = path.join(prefix, 'lib');
  const names = fs.existsSync(lib) ? fs.readdirSync(lib) : [];
  const folder = names.find((name) => name.startsWith('python3')) ?? 'python3.11';
  return path.join(lib, folder, 'site-packages');
}

/**
 * Our Fast DDS profile, unless the person has one of their own. It keeps to this machine;
 * `ST4VLA_NETWORK=1` opens it to the network.
 */
function fastDdsSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  const own = env['FASTRTPS_DEFAULT_PROFILES_FILE'] ?? env['FASTDDS_DEFAULT_PROFILES_FILE'];
  const config = path.join(packageRoot, 'config');
  if (own !== undefined && !own.startsWith(config)) return {};
  const isOpen = env['ST4VLA_NETWORK'] === '1';
  const profile = path.join(config, isOpen ? 'fastdds.xml' : 'fastdds.localhost.xml');
  return {
    FASTRTPS_DEFAULT_PROFILES_FILE: profile, // Fast DDS 2: Humble, Jazzy
    FASTDDS_DEFAULT_PROFILES_FILE: profile, // Fast DDS 3: Kilted
    // Anything narrower would put transports of its own in place of the profile's.
    ROS_AUTOMATIC_DISCOVERY_RANGE: 'SUBNET',
    ...(env['ROS_LOCALHOST_ONLY'] === undefined ? {} : { ROS_LOCALHOST_ONLY: '0' }),
  };
}

function prepend(first: readonly string[], rest: string | undefined): string {
  const tail = (rest ?? '').split(':').filter((entry) => entry !== '' && !first.includes(entry));
  return [...first, ...tail].join(':');
}
