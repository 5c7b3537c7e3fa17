import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The definition that the ROS in use was built with, from AMENT_PREFIX_PATH. */
export function installedDefinition(packageName: string, name: string): string | undefined {
  for (const prefix of installedPrefixes()) {
    try {
      return readFileSync(join(prefix, 'share', packageName, 'msg', `${name}.msg`), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

export function installedPrefixes(): string[] {
  return (process.env['AMENT_PREFIX_PATH'] ?? '').split(':').filter(Boolean);
}
