import { statSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import { printable } from '../../core/text/printable.ts';
import {
  type BagMessage,
  BagError,
  type BagReader,
  type BagTopic,
  type ReadOptions,
} from './Bag.ts';
import { type Decompress, decompressors } from './decompressors.ts';
import { LinkedFile } from './LinkedFile.ts';
import { MessageUnpacker } from './MessageUnpacker.ts';
import { BudgetError, LARGEST_CHUNK, ReadBudget } from './mcapLimits.ts';
import { readSqliteHeader } from './sqliteHeader.ts';
import {
  type Counts,
  type Database,
  hasTimeIndex,
  mostRows,
  readCounts,
  readTopics,
  requireTables,
  type StoredTopic,
} from './sqliteTables.ts';

type Row = Readonly<Record<string, unknown>>;
type Statement = InstanceType<typeof sqlite.Statement>;

const FAR_NS = (1n << 63n) - 1n;

/** rosbag2's sqlite3 storage, of Humble (without definitions) and later; read row by row. */
export class Sqlite3File implements BagReader {
  readonly path: string;
  readonly topics: readonly BagTopic[];
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly #database: Database;
  readonly #link: LinkedFile;
  readonly #fileBytes: number;
  readonly #stored: readonly StoredTopic[];
  readonly #decompress: Decompress;
  readonly #notices = new Set<string>();
  #left = 0;
  #lastFault = '';

  private constructor(
    path: string,
    database: Database,
    link: LinkedFile,
    fileBytes: number,
    decompress: Decompress,
  ) {
    this.path = path;
    this.#database = database;
    this.#link = link;
    this.#fileBytes = fileBytes;
    this.#decompress = decompress;
    requireTables(database);
    const counts = this.#count();
    this.#stored = readTopics(database, counts, (reason) => this.#note(reason));
    this.topics = this.#stored.map(({ topic }) => topic);
    for (const { firstNs, lastNs } of counts.values()) {
      if (this.startNs === undefined || firstNs < this.startNs) this.startNs = firstNs;
      if (this.endNs === undefined || lastNs > this.endNs) this.endNs = lastNs;
    }
  }

  /** @throws BagError where nothing can be read */
  static async open(path: string): Promise<Sqlite3File> {
    const zstd = (await decompressors())['zstd']!;
    const { isWriteAhead, fileBytes } = await readSqliteHeader(path);
    const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const link = new LinkedFile(path);
    let database: Database | undefined;
    try {
      database = new sqlite.Database(link.path, { readOnly: true, fileMustExist: true });
      // Of the preset `resilient`: this spares the shared memory that a write-ahead log asks for.
      if (isWriteAhead) database.exec('PRAGMA locking_mode = EXCLUSIVE');
      database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
      return new Sqlite3File(path, database, link, fileBytes + logBytes, zstd);
    } catch (error) {
      database?.close();
      link.remove();
      const { message } = error as Error;
      throw new BagError(path, `no sqlite3 bag that can be read: ${printable(message)}`);
    }
  }

  get notices(): readonly string[] {
    const { path } = this;
    const left = `${path}: ${this.#left} damaged messages are left out: ${this.#lastFault}`;
    return [...this.#notices, ...(this.#left > 0 ? [left] : [])];
  }

  async *messages(options: ReadOptions = {}): AsyncGenerator<BagMessage, void, undefined> {
    const { topics, fromNs = 0n, toNs = FAR_NS } = options;
    const wanted = this.#stored.filter(({ topic }) => !topics || topics.includes(topic.name));
    const names = new Map(wanted.map(({ id, topic }) => [id, topic.name]));
    const unpacker = new MessageUnpacker(this.#decompress, new ReadBudget(this.#fileBytes));
    const statements: Statement[] = [];
    this.#left = 0;
    try {
      const data = this.#database.prepare(this.#dataSql());
      statements.push(data);
      const places = this.#database.prepare(this.#placesSql([...names.keys()]));
      statements.push(places);
      const range = [fromNs < FAR_NS ? fromNs : FAR_NS, toNs < FAR_NS ? toNs : FAR_NS];
      for (const row of places.iterate(range) as Iterable<Row>) {
        const bytes = this.#bytesOf(data.get([row['id'] as number]) as Row | null, unpacker);
        if (bytes === undefined) continue;
        const logNs = BigInt(row['timestamp'] as number);
        yield { topic: names.get(Number(row['topic_id']))!, logNs, publishNs: logNs, bytes };
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#note(`damaged, read up to there: ${printable(error.message)}`);
    } finally {
      for (const statement of statements) finalize(statement);
    }
  }

  close(): Promise<void> {
    this.#database.close();
    this.#link.remove();
    return Promise.resolve();
  }

  /**
   * Where messages are, in the order of time. The limit is inside: it bounds what is looked at, also
   * where the index is not what it should be.
   */
  #placesSql(topicIds: readonly number[]): string {
    const index = hasTimeIndex(this.#database) ? 'INDEXED BY timestamp_idx' : 'NOT INDEXED';
    return (
      `SELECT id, topic_id, timestamp FROM (SELECT _rowid_ AS id, topic_id, timestamp ` +
      `FROM messages ${index} WHERE timestamp BETWEEN ? AND ? ` +
      `ORDER BY timestamp, _rowid_ LIMIT ${mostRows(this.#fileBytes)}) ` +
      `WHERE typeof(timestamp) = 'integer' AND topic_id IN (${topicIds.join(', ')})`
    );
  }

  /** No message is larger than its file, whatever its row says. */
  #dataSql(): string {
    const most = Math.min(this.#fileBytes, LARGEST_CHUNK);
    return (
      `SELECT typeof(data) AS kind, octet_length(data) AS size, ` +
      `CASE WHEN typeof(data) = 'blob' AND octet_length(data) <= ${most} THEN data END AS data ` +
      'FROM messages WHERE _rowid_ = ?'
    );
  }

  /** Undefined for a message that is damaged, which is counted. */
  #bytesOf(row: Row | null, unpacker: MessageUnpacker): Uint8Array | undefined {
    const data = row?.['data'];
    if (!(data instanceof Uint8Array)) {
      const found = row ? `${String(row['kind'])} of ${String(row['size'])} bytes` : 'nothing';
      return this.#leave(`expected a blob, found ${found}`);
    }
    try {
      return unpacker.unpack(data);
    } catch (error) {
      if (error instanceof BudgetError || !(error instanceof Error)) throw error;
      return this.#leave(error.message);
    }
  }

  #leave(reason: string): undefined {
    this.#left += 1;
    this.#lastFault = reason;
    return undefined;
  }

  #count(): Counts {
    try {
      return readCounts(this.#database, this.#fileBytes);
    } catch (error) {
      if (error instanceof BudgetError) throw error;
      this.#note(`damaged: messages cannot be counted: ${printable((error as Error).message)}`);
      return new Map();
    }
  }

  #note(reason: string): void {
    this.#notices.add(`${this.path}: ${reason}`);
  }
}

/** Reports the statement's error once more, if it had one. */
function finalize(statement: Statement | undefined): void {
  try {
    statement?.finalize();
  } catch {
    // It is known already.
  }
}
