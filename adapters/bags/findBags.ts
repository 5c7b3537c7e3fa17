import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BagError } from './Bag.ts';
import { areOneRecording, bagFilesIn } from './bagFile.ts';

/**
 * A bag itself, or all bags in a folder and the folders in it, by their names.
 * @throws BagError if there is none
 */
export async function findBags(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BagError(path, 'there is no such file or folder');
  const bags = found.isDirectory() ? await bagsIn(path) : [path];
  if (bags.length === 0) throw new BagError(path, 'neither a bag nor a folder with bags');
  return bags;
}

/**
 * A folder with metadata.yaml is one bag, and so is one with the parts of a recording, as for
 * `openBag`; other files are a bag each, and any other folder may hold bags.
 */
async function bagsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isFile() && entry.name === 'metadata.yaml')) return [folder];
  const files = await bagFilesIn(folder);
  if (files.length > 0 && areOneRecording(files)) return [folder];
  const bags = files.map((name) => join(folder, name));
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names.sort(new Intl.Collator('en', { numeric: true }).compare)) {
    bags.push(...(await bagsIn(join(folder, name))));
  }
  return bags;
}
