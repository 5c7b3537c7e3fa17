import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { printable } from '../../core/text/printable.ts';
import { BagError } from './Bag.ts';

export const BAG_EXTENSIONS: readonly string[] = ['.mcap', '.db3'];
/** Of files that rosbag2 has compressed as a whole. */
export const ZSTD = '.zstd';
/** Of a folder's bag files as a refusal lists them. */
const MAX_LISTED = 10;

/** By its ending, in small letters or capitals. */
function isBagFile(name: string): boolean {
  return BAG_EXTENSIONS.some((extension) => name.toLowerCase().endsWith(extension));
}

/** Whether a file was compressed as a whole. */
export function isPacked(path: string): boolean {
  return path.endsWith(ZSTD) && isBagFile(path.slice(0, -ZSTD.length));
}

/** The bag files of a folder, `bag_2.mcap` before `bag_10.mcap`, each packed or unpacked. */
export async function bagFilesIn(folder: string): Promise<string[]> {
  const all = await readdir(folder);
  const names = all.filter(
    (name) => isBagFile(name) || (isPacked(name) && !all.includes(name.slice(0, -ZSTD.length))),
  );
  return names.sort(new Intl.Collator('en', { numeric: true }).compare);
}

/** Whether files are the parts of one recording, `name_0`, `name_1` and so on. */
export function areOneRecording(names: readonly string[]): boolean {
  const stems = names.map((name) => /^(.*)_\d+\.\w+(?:\.zstd)?$/.exec(name)?.[1]);
  return names.length === 1 || (stems[0] !== undefined && new Set(stems).size === 1);
}

/**
 * Where a file of metadata.yaml is, by rosbag2's rules: below version 4 relative to what the bag's
 * folder lies in, since then to that folder itself; absolute paths as they are. A file that was moved
 * or renamed with its folder is found in the folder by its name; one that was unpacked is taken for
 * the packed one.
 * @param onNotice told where a file lies outside of the bag's folder
 * @throws BagError if there is none, with what there is
 */
export async function bagFile(
  folder: string,
  name: string,
  version: number,
  onNotice: (reason: string) => void,
): Promise<string> {
  const base = version < 4 ? dirname(resolve(folder)) : folder;
  const given = isAbsolute(name) ? name : join(base, name);
  const places = [given, join(folder, basename(name))];
  const unpacked = places
    .filter((place) => place.endsWith(ZSTD))
    .map((place) => place.slice(0, -ZSTD.length));
  const found = [...unpacked, ...places].find((place) => existsSync(place));
  if (found === undefined) {
    const names = (await bagFilesIn(folder)).slice(0, MAX_LISTED).map((one) => printable(one));
    const has = names.length > 0 ? `; the folder has ${names.join(', ')}` : '';
    throw new BagError(given, `there is no such file${has}`);
  }
  const relativePath = relative(resolve(folder), resolve(found));
  if (relativePath.startsWith('..') || isAbsolute(relativePath)) {
    onNotice(`${printable(found)}: outside of the bag's folder, as metadata.yaml says`);
  }
  return found;
}
