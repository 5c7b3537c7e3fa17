import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { packageRoot } from '../../setup/paths.mjs';

export { packageRoot };

/** A path as a user gives it: absolute, from the working directory, or one of this package. */
export function resolveFile(path: string): string {
  if (isAbsolute(path) || existsSync(path)) return resolve(path);
  return join(packageRoot, path);
}

/** The model package that a user names, or by default the one that ships for the robot. */
export function modelFolder(given: string | undefined, robot: string): string {
  return given === undefined ? join(packageRoot, 'models', `nano-${robot}`) : resolveFile(given);
}

/** The URDF of the robot that ships with this package. */
export function readUrdf({ urdfFile }: Embodiment): Promise<string> {
  return readFile(join(packageRoot, 'urdf', urdfFile), 'utf8');
}

/** The robot's model, parsed from its URDF. */
export async function loadUrdf(embodiment: Embodiment): Promise<UrdfModel> {
  return parseUrdf(await readUrdf(embodiment));
}
