import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BagError } from './Bag.ts';
import { BAG_EXTENSIONS } from './openBag.ts';

/**
 * A bag itself, or all bags in a folder and the folders in it, by their names.
 * @throws BagError where there is none
 */
export async function findBags(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BagError(path, 'there is no such file or folder');
  const bags = found.isDirectory() ? await bagsIn(path) : [path];
  if (bags.length === 0) throw new BagError(path, 'neither a bag nor a folder with bags');
  return bags;
}

/** A folder with files of a bag is one bag, as for `openBag`; any other may hold bags. */
async function bagsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const isOfBag = (name: string) =>
    name === 'metadata.yaml' || BAG_EXTENSIONS.some((extension) => name.endsWith(extension));
  if (entries.some((entry) => entry.isFile() && isOfBag(entry.name))) return [folder];
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const bags: string[] = [];
  for (const name of names.sort(new Intl.Collator('en', { numeric: true }).compare)) {
    bags.push(...(await bagsIn(join(folder, name))));
  }
  return bags;
}
