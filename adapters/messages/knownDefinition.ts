import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from '@foxglove/rosmsg';
import { ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { bundleDefinition } from './bundleDefinition.ts';
import { installedDefinition } from './installedDefinition.ts';

/**
 * The bundled definition of a type, as ROS has it where one is sourced; else of this package's own
 * messages and of the common interfaces. Undefined for any other type.
 */
export function knownDefinition(type: string): string | undefined {
  // It becomes the path of a file.
  if (!/^[A-Za-z]\w*\/msg\/[A-Za-z]\w*$/.test(type)) return undefined;
  try {
    return bundleDefinition(
      type,
      (packageName, name) =>
        installedDefinition(packageName, name) ??
        ownDefinition(packageName, name) ??
        commonDefinition(packageName, name),
    );
  } catch {
    return undefined;
  }
}

function ownDefinition(packageName: string, name: string): string | undefined {
  if (packageName !== 'st4vla_ros') return undefined;
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'msg', `${name}.msg`);
    if (existsSync(file)) return readFileSync(file, 'utf8');
  }
  return undefined;
}

function commonDefinition(packageName: string, name: string): string | undefined {
  const definitions: Readonly<Record<string, Parameters<typeof stringify>[0][number] | undefined>> =
    ros2jazzy;
  const definition = definitions[`${packageName}/${name}`];
  return definition && stringify([definition]).replaceAll(TIMES, (_, name) => ROS2_TIMES[name]!);
}

/** The library names times as ROS 1 did, which readers of ROS 2 do not know. */
const TIMES = /^(time|duration)(?=[ [])/gm;
const ROS2_TIMES: Readonly<Record<string, string>> = {
  time: 'builtin_interfaces/Time',
  duration: 'builtin_interfaces/Duration',
};
