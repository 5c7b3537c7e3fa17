import sqlite from 'node-sqlite3-wasm';
import {
  type BagMessage,
  BagError,
  type BagReader,
  type BagTopic,
  type ReadOptions,
} from './Bag.ts';
import { knownDefinition } from '../messages/knownDefinition.ts';
import { type Decompress, decompressors } from './decompressors.ts';
import { FileReadable } from './FileReadable.ts';
import { zstdContentSize } from './zstdContentSize.ts';

type Row = Readonly<Record<string, unknown>>;
type StoredTopic = { readonly id: number; readonly topic: BagTopic };

/** rosbag2's sqlite3 storage, of Humble (without definitions) and later; read row by row. */
export class Sqlite3File implements BagReader {
  readonly path: string;
  readonly topics: readonly BagTopic[];
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly #database: Database;
  readonly #stored: readonly StoredTopic[];
  readonly #decompress: Decompress | undefined;
  readonly #notices = new Set<string>();

  private constructor(path: string, database: Database, decompress: Decompress | undefined) {
    this.path = path;
    this.#database = database;
    this.#decompress = decompress;
    this.#stored = readTopics(database, (reason) => this.#notices.add(`${path}: ${reason}`));
    this.topics = this.#stored.map(({ topic }) => topic);
    const [{ first, last } = { first: null, last: null }] = this.#attempt(() =>
      rows(database, 'SELECT MIN(timestamp) AS first, MAX(timestamp) AS last FROM messages'),
    );
    this.startNs = first == null ? undefined : BigInt(first as number);
    this.endNs = last == null ? undefined : BigInt(last as number);
  }

  /** @param compressed each message is a zstd frame (`compression_mode: MESSAGE`) */
  static async open(path: string, { compressed = false } = {}): Promise<Sqlite3File> {
    const { zstd } = await decompressors();
    const isWriteAhead = await checkHeader(path);
    let database: Database | undefined;
    try {
      database = new sqlite.Database(path, { readOnly: true, fileMustExist: true });
      // Of the preset `resilient`: this spares the shared memory that a write-ahead log asks for.
      if (isWriteAhead) database.exec('PRAGMA locking_mode = EXCLUSIVE');
      return new Sqlite3File(path, database, compressed ? zstd : undefined);
    } catch (error) {
      database?.close();
      const { message } = error as Error;
      const remedy = message.includes('locked')
        ? `; if no other program reads it, remove ${path}.lock, which a killed one left behind`
        : '';
      throw new BagError(path, `no sqlite3 bag that can be read: ${message}${remedy}`);
    }
  }

  get notices(): readonly string[] {
    return [...this.#notices];
  }

  async *messages(options: ReadOptions = {}): AsyncGenerator<BagMessage, void, undefined> {
    const { topics, fromNs = 0n, toNs = (1n << 63n) - 1n } = options;
    const wanted = this.#stored.filter(({ topic }) => !topics || topics.includes(topic.name));
    const names = new Map(wanted.map(({ id, topic }) => [id, topic.name]));
    const sql =
      'SELECT topic_id, timestamp, data FROM messages WHERE timestamp BETWEEN ? AND ? ' +
      `AND topic_id IN (${[...names.keys()].join(', ')}) ORDER BY timestamp, id`;
    let statement: Statement | undefined;
    try {
      statement = this.#database.prepare(sql);
      for (const row of statement.iterate([fromNs, toNs]) as Iterable<Row>) {
        const logNs = BigInt(row['timestamp'] as number);
        const bytes = this.#bytesOf(row['data'] as Uint8Array);
        yield { topic: names.get(Number(row['topic_id']))!, logNs, publishNs: logNs, bytes };
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#notices.add(`${this.path}: damaged, read up to there: ${error.message}`);
    } finally {
      finalize(statement);
    }
  }

  close(): Promise<void> {
    this.#database.close();
    return Promise.resolve();
  }

  #bytesOf(data: Uint8Array): Uint8Array {
    return this.#decompress ? this.#decompress(data, zstdContentSize(data)) : data;
  }

  #attempt(read: () => Row[]): Row[] {
    try {
      return read();
    } catch (error) {
      this.#notices.add(`${this.path}: damaged: ${(error as Error).message}`);
      return [];
    }
  }
}

type Database = InstanceType<typeof sqlite.Database>;
type Statement = InstanceType<typeof sqlite.Statement>;

/** Reports the statement's error once more, if it had one. */
function finalize(statement: Statement | undefined): void {
  try {
    statement?.finalize();
  } catch {
    // It is known already.
  }
}

/**
 * Refuses a file that was cut: SQLite would take pages that are missing for empty ones, and give us
 * messages of zeros. Returns true where the file has, or had, a write-ahead log.
 */
async function checkHeader(path: string): Promise<boolean> {
  const file = await FileReadable.open(path);
  try {
    const size = await file.size();
    if (size < 100n) throw new BagError(path, `${size} bytes, too few for a sqlite3 bag`);
    const header = Buffer.from(await file.read(0n, 100n));
    // 1 stands for 65536 (https://www.sqlite.org/fileformat.html, 1.3)
    const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16);
    const expected = BigInt(pageSize) * BigInt(header.readUInt32BE(28));
    if (header.toString('latin1', 0, 15) === 'SQLite format 3' && size < expected) {
      const remedy = `\`sqlite3 ${path} .recover\` may save some of it`;
      throw new BagError(path, `cut: expected ${expected} bytes, found ${size}; ${remedy}`);
    }
    return header[18] === 2;
  } finally {
    await file.close();
  }
}

function readTopics(database: Database, onNotice: (reason: string) => void): StoredTopic[] {
  const definitions = readDefinitions(database);
  const counts = readCounts(database, onNotice);
  return rows(database, 'SELECT * FROM topics ORDER BY name').map((row) => {
    const type = String(row['type']);
    const known = definitions.get(type) ?? knownDefinition(type);
    return {
      id: Number(row['id']),
      topic: {
        name: String(row['name']),
        type,
        encoding: String(row['serialization_format']),
        definition: known === undefined ? undefined : { encoding: 'ros2msg', text: known },
        count: counts.get(Number(row['id'])) ?? 0,
        qosProfiles: textOf(row['offered_qos_profiles']),
      },
    };
  });
}

/** Since Iron; only texts in the form of .msg files. */
function readDefinitions(database: Database): Map<string, string> {
  const hasTable = "SELECT 1 FROM sqlite_master WHERE name = 'message_definitions'";
  if (rows(database, hasTable).length === 0) return new Map();
  return new Map(
    rows(database, "SELECT * FROM message_definitions WHERE encoding = 'ros2msg'").map((row) => [
      String(row['topic_type']),
      String(row['encoded_message_definition']),
    ]),
  );
}

function readCounts(database: Database, onNotice: (reason: string) => void): Map<number, number> {
  try {
    const found = rows(database, 'SELECT topic_id, COUNT(*) AS n FROM messages GROUP BY topic_id');
    return new Map(found.map((row) => [Number(row['topic_id']), Number(row['n'])]));
  } catch (error) {
    onNotice(`damaged: messages cannot be counted: ${(error as Error).message}`);
    return new Map();
  }
}

function rows(database: Database, sql: string): Row[] {
  return database.all(sql) as Row[];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
