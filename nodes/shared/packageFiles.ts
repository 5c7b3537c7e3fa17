import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultError } from '../../core/config/Fault.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';

/** The folder that holds `urdf/`, `models/` and `dist/`, in a clone as well as installed. */
export const packageRoot = findPackageRoot();

/** A path as it stands in a parameter: absolute, from where the node was started, or the package's. */
export function resolveFile(path: string): string {
  if (isAbsolute(path) || existsSync(path)) return resolve(path);
  return join(packageRoot, path);
}

export function readUrdf(embodiment: Embodiment): Promise<string> {
  return readFile(join(packageRoot, 'urdf', embodiment.urdfFile), 'utf8');
}

export async function loadUrdf(embodiment: Embodiment): Promise<UrdfModel> {
  return parseUrdf(await readUrdf(embodiment));
}

function findPackageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'urdf')) && existsSync(join(folder, 'config'))) return folder;
  }
  throw new FaultError('st4vla_ros', [
    {
      source: start,
      field: '',
      expected: 'to lie below a folder with urdf/ and config/',
      found: '',
    },
  ]);
}
