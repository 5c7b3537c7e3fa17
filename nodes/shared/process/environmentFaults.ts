import fs from 'node:fs';
import path from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { type Fault, showValue } from '../../../core/config/Fault.ts';

/** Fast DDS and others make ports of it, of which there are no more. */
const HIGHEST_DOMAIN_ID = 232;
/** A file of profiles is not longer; one that is, is none. */
const MAX_PROFILE_BYTES = 4 << 20;

/** Values that ROS 2 knows; of others it keeps to a default, often without a word. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  ROS_LOCALHOST_ONLY: ['0', '1'],
  ROS_AUTOMATIC_DISCOVERY_RANGE: ['SUBNET', 'LOCALHOST', 'OFF', 'SYSTEM_DEFAULT'],
  ROS_SECURITY_ENABLE: ['true', 'false'],
  ROS_SECURITY_STRATEGY: ['Enforce', 'Permissive'],
  RCUTILS_LOGGING_USE_STDOUT: ['0', '1'],
  RCUTILS_LOGGING_BUFFERED_STREAM: ['0', '1'],
  RCUTILS_COLORIZED_OUTPUT: ['0', '1'],
};
/** Of rmw_fastrtps_cpp, rmw_cyclonedds_cpp, rmw_zenoh_cpp, rmw_connextdds, …; not what they share. */
const MIDDLEWARE = /^lib(rmw_(?!\w*(?:shared|common))\w+_cpp|rmw_connextdds)\.so$/;
/** The older name and the newer one. */
const PROFILES = ['FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE'] as const;

/**
 * What is wrong with the variables that ROS 2 reads. rcl answers some of it with an exception or an
 * abort, Fast DDS with a coloured line, and some go unnoticed: `ROS_SECURITY_ENABLE=yes` is
 * no security.
 *
 * @param prefixes folders of AMENT_PREFIX_PATH
 */
export function environmentFaults(env: NodeJS.ProcessEnv, prefixes: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  const check = (name: string, expected: string, isRight: (value: string) => boolean) => {
    const value = env[name] ?? '';
    if (value === '' || isRight(value)) return;
    faults.push({ source: 'environment', field: name, expected, found: showValue(value) });
  };
  check('ROS_DOMAIN_ID', `an integer from 0 to ${HIGHEST_DOMAIN_ID}`, (value) => {
    return /^\s*\d{1,9}\s*$/.test(value) && Number(value) <= HIGHEST_DOMAIN_ID;
  });
  for (const [name, values] of Object.entries(CHOICES)) {
    check(name, values.join(' or '), (value) => values.includes(value));
  }
  const known = middlewares(env, prefixes);
  check('RMW_IMPLEMENTATION', known.join(' or ') || 'a middleware that is installed', (value) =>
    known.includes(value),
  );
  if (env['ROS_SECURITY_ENABLE'] === 'true') {
    check('ROS_SECURITY_KEYSTORE', 'a folder', (value) => isFolder(value));
  }
  if ((env['RMW_IMPLEMENTATION'] || 'rmw_fastrtps_cpp').startsWith('rmw_fastrtps')) {
    for (const name of PROFILES) check(name, 'a readable file of XML', isXmlFile);
  }
  return faults;
}

/** Of rmw implementations the libraries that would be found. */
function middlewares(env: NodeJS.ProcessEnv, prefixes: readonly string[]): string[] {
  const folders = [
    ...prefixes.map((prefix) => path.join(prefix, 'lib')),
    ...(env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean),
  ];
  const names = folders.flatMap((folder) => {
    try {
      return fs.readdirSync(folder);
    } catch {
      return [];
    }
  });
  const found = names.map((name) => MIDDLEWARE.exec(name)?.[1]);
  return [...new Set(found.filter((name) => name !== undefined))].sort();
}

function isFolder(file: string): boolean {
  try {
    return fs.statSync(file).isDirectory();
  } catch {
    return false;
  }
}

function isXmlFile(file: string): boolean {
  try {
    const { size } = fs.statSync(file);
    if (size > MAX_PROFILE_BYTES) return false;
    return XMLValidator.validate(fs.readFileSync(file, 'utf8')) === true;
  } catch {
    return false;
  }
}
