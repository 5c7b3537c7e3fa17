import { BagError } from './Bag.ts';
import { FileReadable } from './FileReadable.ts';

/** What the beginning of a sqlite3 file says of it. */
export type SqliteHeader = {
  /** It has, or had, a write-ahead log. */
  readonly isWriteAhead: boolean;
  readonly fileBytes: number;
};

/** Pages of the schema; rosbag2's takes one. */
const MAX_SCHEMA_PAGES = 1000;
const [INTERIOR, LEAF] = [0x05, 0x0d];

/**
 * Refuses a file that was cut: SQLite would take pages that are missing for empty ones, and give us
 * messages of zeros; and one whose schema refers to itself, which SQLite would read for ever.
 * (https://www.sqlite.org/fileformat.html, 1.3 and 1.6)
 * @throws BagError
 */
export async function readSqliteHeader(path: string): Promise<SqliteHeader> {
  const file = FileReadable.open(path);
  try {
    const size = await file.size();
    if (size < 100n) throw new BagError(path, `${size} bytes, too few for a sqlite3 bag`);
    const header = Buffer.from(await file.read(0n, 100n));
    const isSqlite = header.toString('latin1', 0, 15) === 'SQLite format 3';
    const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16);
    const expected = BigInt(pageSize) * BigInt(header.readUInt32BE(28));
    if (isSqlite && size < expected) {
      const remedy = `\`sqlite3 ${path} .recover\` may save some of it`;
      throw new BagError(path, `cut: expected ${expected} bytes, found ${size}; ${remedy}`);
    }
    if (isSqlite && pageSize >= 512) await checkSchema(path, file, pageSize);
    return { isWriteAhead: header[18] === 2, fileBytes: Number(size) };
  } finally {
    await file.close();
  }
}

/** Every page of the schema's tree is there once. */
async function checkSchema(path: string, file: FileReadable, pageSize: number): Promise<void> {
  const pages = Number(await file.size()) / pageSize;
  const waiting = [1];
  const seen = new Set<number>();
  while (waiting.length > 0) {
    const number = waiting.pop()!;
    if (seen.has(number) || seen.size === MAX_SCHEMA_PAGES || number < 1 || number > pages) {
      throw new BagError(path, `no sqlite3 bag that can be read: its schema is damaged`);
    }
    seen.add(number);
    const at = BigInt(number - 1) * BigInt(pageSize);
    const page = Buffer.from(await file.read(at, BigInt(pageSize)));
    waiting.push(...childrenOf(page, number === 1 ? 100 : 0));
  }
}

/** Of a page of a table's tree whose header begins at `start`; none of what is no such page. */
function childrenOf(page: Buffer, start: number): number[] {
  if (page[start] === LEAF || page[start] !== INTERIOR) return [];
  const count = page.readUInt16BE(start + 3);
  const children = [page.readUInt32BE(start + 8)];
  for (let i = 0; i < count && start + 14 + 2 * i <= page.length; i++) {
    const cell = page.readUInt16BE(start + 12 + 2 * i);
    if (cell + 4 <= page.length) children.push(page.readUInt32BE(cell));
  }
  return children;
}
