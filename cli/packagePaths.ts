import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Embodiment } from '../core/embodiment/Embodiment.ts';
import { packageRoot } from '../setup/paths.mjs';

export function readUrdf(embodiment: Embodiment): Promise<string> {
  return readFile(join(packageRoot, 'urdf', embodiment.urdfFile), 'utf8');
}

/** A folder as it was typed, or one of this package; the robot's own where none was. */
export function modelFolder(typed: string | undefined, robot: string): string {
  const folder = typed ?? `models/nano-${robot}`;
  const isOurs = typed === undefined || (!existsSync(typed) && !isAbsolute(typed));
  return isOurs ? join(packageRoot, folder) : resolve(folder);
}
