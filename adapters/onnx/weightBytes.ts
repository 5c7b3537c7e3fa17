import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { externalDataFiles } from './externalData.ts';

/** Size of the files in which a graph keeps weights outside itself; 0 where there are none. */
export async function weightBytes(path: string): Promise<number> {
  const files = (await externalDataFiles(path)) ?? [];
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(dirname(path), file)).catch(() => undefined))?.size),
  );
  return sizes.reduce<number>((sum, size = 0) => sum + size, 0);
}
