import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { printable } from '../../core/text/printable.ts';
import { readBoundedText } from '../files/readBounded.ts';
import { BagError, type BagReader } from './Bag.ts';
import { areOneRecording, BAG_EXTENSIONS, bagFile, bagFilesIn, isPacked, ZSTD } from './bagFile.ts';
import { type BagMetadata, parseBagMetadata } from './bagMetadata.ts';
import { McapFile } from './McapFile.ts';
import { Sqlite3File } from './Sqlite3File.ts';
import { SplitBag } from './SplitBag.ts';
import { UnpackedBag } from './UnpackedBag.ts';

/** Of metadata.yaml, bytes: a bag of a thousand files, with forty topics, has a third of it. */
const LARGEST_METADATA = 1 << 19;
/** Of one bag. */
const MAX_FILES = 10_000;
/** Of what is told of files that cannot be read. */
const MAX_NOTICES = 100;

/**
 * Opens a bag of rosbag2: its folder, or one .mcap or .db3 file.
 * @throws BagError where nothing of it can be read
 */
export async function openBag(path: string): Promise<BagReader> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BagError(path, 'there is no such file or folder');
  return found.isDirectory() ? openFolder(path) : openFile(path);
}

async function openFolder(folder: string): Promise<BagReader> {
  const notices: string[] = [];
  const metadata = readMetadata(folder, notices);
  const files: BagReader[] = [];
  for (const find of metadata ? filesOf(metadata, folder, notices) : await looseFiles(folder)) {
    try {
      files.push(await openFile(await find()));
    } catch (error) {
      if (notices.length < MAX_NOTICES) notices.push((error as Error).message);
    }
  }
  if (files.length > 0) return new SplitBag(folder, files, notices);
  throw new BagError(folder, `none of its files can be read\n${notices.join('\n')}`);
}

type Find = () => Promise<string>;

function filesOf(
  { files, version }: BagMetadata,
  folder: string,
  notices: string[],
): readonly Find[] {
  if (files.length > MAX_FILES) notices.push(`${folder}: the first ${MAX_FILES} files are read`);
  return files
    .slice(0, MAX_FILES)
    .map((name) => () => bagFile(folder, name, version, (reason) => void notices.push(reason)));
}

/** @throws BagError where they are none, or several recordings */
async function looseFiles(folder: string): Promise<readonly Find[]> {
  const names = await bagFilesIn(folder);
  if (names.length === 0) {
    const expected = BAG_EXTENSIONS.join(', ');
    throw new BagError(folder, `expected metadata.yaml or files ending ${expected}`);
  }
  if (!areOneRecording(names)) {
    const list = names
      .slice(0, 10)
      .map((name) => printable(name))
      .join(', ');
    throw new BagError(folder, `several recordings without metadata.yaml: name one of ${list}`);
  }
  return names.slice(0, MAX_FILES).map((name) => () => Promise.resolve(join(folder, name)));
}

function readMetadata(folder: string, notices: string[]): BagMetadata | undefined {
  const path = join(folder, 'metadata.yaml');
  let reason = 'missing';
  try {
    if (existsSync(path)) return parseBagMetadata(readBoundedText(path, LARGEST_METADATA));
  } catch (error) {
    reason = printable((error as Error).message);
  }
  notices.push(`${path}: ${reason}; all files of the folder are read in the order of their names`);
  return undefined;
}

/** Errors of the system become refusals, too: each names its file. */
async function openFile(path: string): Promise<BagReader> {
  if (isPacked(path)) return UnpackedBag.open(path, ZSTD, openFile);
  const ending = path.slice(path.lastIndexOf('.')).toLowerCase();
  try {
    if (ending === '.mcap') return await McapFile.open(path);
    if (ending === '.db3') return await Sqlite3File.open(path);
  } catch (error) {
    if (error instanceof BagError || !(error instanceof Error)) throw error;
    throw new BagError(path, printable(error.message.replace(`${path}: `, '')));
  }
  const expected = BAG_EXTENSIONS.join(' or ');
  throw new BagError(path, `expected a folder, or a file ending ${expected}`);
}
