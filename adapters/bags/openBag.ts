import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BagError, type BagReader } from './Bag.ts';
import { type BagMetadata, parseBagMetadata } from './bagMetadata.ts';
import { McapFile } from './McapFile.ts';
import { Sqlite3File } from './Sqlite3File.ts';
import { SplitBag } from './SplitBag.ts';

export const BAG_EXTENSIONS = ['.mcap', '.db3'];

/**
 * Opens a bag of rosbag2: its folder, or one .mcap or .db3 file.
 * @throws BagError where nothing of it can be read
 */
export async function openBag(path: string): Promise<BagReader> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BagError(path, 'there is no such file or folder');
  return found.isDirectory() ? openFolder(path) : openFile(path, false);
}

async function openFolder(folder: string): Promise<BagReader> {
  const notices: string[] = [];
  const metadata = await readMetadata(folder, notices);
  if (metadata?.compression === 'file') {
    throw new BagError(folder, 'its files are compressed as a whole: unpack them with `zstd -d`');
  }
  const names = metadata?.files ?? (await bagFilesIn(folder));
  if (names.length === 0) {
    throw new BagError(
      folder,
      `expected metadata.yaml or files ending ${BAG_EXTENSIONS.join(', ')}`,
    );
  }
  const files: BagReader[] = [];
  for (const name of names) {
    try {
      files.push(await openFile(join(folder, name), metadata?.compression === 'message'));
    } catch (error) {
      notices.push((error as Error).message);
    }
  }
  if (files.length > 0) return new SplitBag(folder, files, notices);
  throw new BagError(folder, `none of its files can be read\n${notices.join('\n')}`);
}

async function readMetadata(folder: string, notices: string[]): Promise<BagMetadata | undefined> {
  const path = join(folder, 'metadata.yaml');
  try {
    return parseBagMetadata(await readFile(path, 'utf8'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'missing' : (error as Error).message;
    notices.push(
      `${path}: ${reason}; all files of the folder are read in the order of their names`,
    );
    return undefined;
  }
}

/** `bag_2.mcap` before `bag_10.mcap`. */
async function bagFilesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) =>
    BAG_EXTENSIONS.some((extension) => name.endsWith(extension)),
  );
  return names.sort(new Intl.Collator('en', { numeric: true }).compare);
}

async function openFile(path: string, compressed: boolean): Promise<BagReader> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BagError(path, 'there is no such file');
  if (path.endsWith('.mcap')) return McapFile.open(path);
  if (path.endsWith('.db3')) return Sqlite3File.open(path, { compressed });
  throw new BagError(path, `expected a folder, or a file ending ${BAG_EXTENSIONS.join(' or ')}`);
}
