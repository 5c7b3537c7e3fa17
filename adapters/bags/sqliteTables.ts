import type sqlite from 'node-sqlite3-wasm';
import type { BagTopic } from './Bag.ts';
import { knownDefinition } from '../messages/knownDefinition.ts';
import {
  BudgetError,
  LARGEST_DEFINITION,
  LARGEST_TABLE,
  LONGEST_NAME,
  LONGEST_QOS,
  MAX_TOPICS,
} from './mcapLimits.ts';

export type Database = InstanceType<typeof sqlite.Database>;
export type StoredTopic = { readonly id: number; readonly topic: BagTopic };
type Row = Readonly<Record<string, unknown>>;

/** A row of messages takes more than this, bytes: a file holds no more rows, whatever it says. */
const LEAST_ROW_BYTES = 6;

/** Most rows that are looked at in a file of this many bytes. */
export function mostRows(fileBytes: number): number {
  return Math.ceil(fileBytes / LEAST_ROW_BYTES);
}

/**
 * Refuses what is no plain table: a view, a virtual table or a generated column is a program of a
 * stranger's, which sqlite would run for as long as it takes.
 * @throws Error with what was found instead
 */
export function requireTables(database: Database): void {
  const found = rows(
    database,
    "SELECT name, type, rootpage FROM sqlite_master WHERE type IN ('table', 'view') " +
      "AND name COLLATE NOCASE IN ('topics', 'messages', 'message_definitions') LIMIT 100",
  );
  for (const name of ['topics', 'messages', 'message_definitions']) {
    const entries = found.filter((row) => String(row['name']).toLowerCase() === name);
    if (entries.length === 0 && name === 'message_definitions') continue;
    if (entries.length === 0) throw new Error(`expected a table ${name}, found none`);
    for (const { type, rootpage } of entries) {
      const kind = type === 'view' ? 'a view' : 'a virtual table';
      if (type === 'table' && Number(rootpage) > 0) continue;
      throw new Error(`expected a table ${name}, found ${kind}`);
    }
    requirePlainColumns(database, name);
  }
}

function requirePlainColumns(database: Database, table: string): void {
  const columns = rows(
    database,
    `SELECT name, hidden FROM pragma_table_xinfo('${table}') ` +
      "WHERE hidden <> 0 OR name COLLATE NOCASE = '_rowid_' LIMIT 1",
  );
  if (columns.length > 0) {
    throw new Error(`table ${table}: expected plain columns, found a generated or hidden one`);
  }
}

/** Whether rows can be had in the order of time without sorting them. */
export function hasTimeIndex(database: Database): boolean {
  const columns = rows(
    database,
    'SELECT i.name FROM sqlite_master AS m, pragma_index_info(m.name) AS i ' +
      "WHERE m.type = 'index' AND m.name = 'timestamp_idx' AND m.tbl_name = 'messages' LIMIT 2",
  );
  return columns.length === 1 && columns[0]!['name'] === 'timestamp';
}

/** Number of messages and their first and last time, by the id of their topic. */
export type Counts = ReadonlyMap<
  number,
  { readonly count: number; readonly firstNs: bigint; readonly lastNs: bigint }
>;

/**
 * Looks at no more rows than a file can hold: pages may refer to one another in circles.
 * @throws BudgetError where there are more; Error where the table is damaged
 */
export function readCounts(database: Database, fileBytes: number): Counts {
  const limit = mostRows(fileBytes);
  const found = rows(
    database,
    'SELECT topic_id AS id, COUNT(*) AS n, MIN(timestamp) AS first, MAX(timestamp) AS last ' +
      `FROM (SELECT topic_id, timestamp FROM messages NOT INDEXED LIMIT ${limit + 1}) ` +
      "WHERE typeof(timestamp) = 'integer' AND timestamp >= 0 GROUP BY topic_id",
  );
  let total = 0;
  const counts = new Map<number, { count: number; firstNs: bigint; lastNs: bigint }>();
  for (const { id, n, first, last } of found) {
    total += Number(n);
    counts.set(Number(id), {
      count: Number(n),
      firstNs: BigInt(first as number),
      lastNs: BigInt(last as number),
    });
  }
  if (total > limit) {
    throw new BudgetError(`more messages than a recording of ${fileBytes} bytes can hold`);
  }
  return counts;
}

/**
 * The topics by their names, with what is known of their types.
 * @param onNotice told of topics that are left out
 * @throws Error where there are more than any system has
 */
export function readTopics(
  database: Database,
  counts: Counts,
  onNotice: (reason: string) => void,
): StoredTopic[] {
  const definitions = readDefinitions(database);
  const found = rows(
    database,
    `SELECT id, ${text('name')}, ${text('type')}, ${text('serialization_format')}, ` +
      `${qosColumn(database)} FROM topics NOT INDEXED LIMIT ${MAX_TOPICS + 1}`,
  );
  if (found.length > MAX_TOPICS) throw new Error(`expected at most ${MAX_TOPICS} topics`);
  const topics: StoredTopic[] = [];
  for (const { id, name, type, serialization_format: encoding, qos } of found) {
    if (typeof name !== 'string' || typeof type !== 'string' || typeof encoding !== 'string') {
      onNotice(`a topic whose name, type or encoding is no text of ${LONGEST_NAME} bytes`);
      continue;
    }
    const known = definitions.get(type) ?? knownDefinition(type);
    const topic = {
      name,
      type,
      encoding,
      definition: known === undefined ? undefined : { encoding: 'ros2msg', text: known },
      count: counts.get(Number(id))?.count ?? 0,
      qosProfiles: typeof qos === 'string' ? qos : '',
    };
    topics.push({ id: Number(id), topic });
  }
  return topics.sort((a, b) => (a.topic.name < b.topic.name ? -1 : 1));
}

/** Since Iron; only texts in the form of .msg files, of types that are not too long. */
function readDefinitions(database: Database): Map<string, string> {
  const hasTable = "SELECT 1 FROM sqlite_master WHERE name = 'message_definitions'";
  if (rows(database, hasTable).length === 0) return new Map();
  const found = rows(
    database,
    'SELECT type, definition FROM (' +
      `SELECT ${text('topic_type', LONGEST_NAME, 'type')}, ` +
      `${text('encoded_message_definition', LARGEST_DEFINITION, 'definition')}, ` +
      'SUM(octet_length(encoded_message_definition)) OVER (ROWS UNBOUNDED PRECEDING) AS total ' +
      `FROM (SELECT * FROM message_definitions NOT INDEXED LIMIT ${MAX_TOPICS}) ` +
      `WHERE encoding = 'ros2msg') WHERE total <= ${LARGEST_TABLE}`,
  );
  const definitions = new Map<string, string>();
  for (const { type, definition } of found) {
    if (typeof type === 'string' && typeof definition === 'string') {
      definitions.set(type, definition);
    }
  }
  return definitions;
}

/** A column where it is a text of that length, else NULL; asked without reading it. */
function text(column: string, longest = LONGEST_NAME, as = column): string {
  const isText = `typeof(${column}) = 'text' AND octet_length(${column}) <= ${longest}`;
  return `CASE WHEN ${isText} THEN ${column} END AS ${as}`;
}

/** Bags of Dashing have none. */
function qosColumn(database: Database): string {
  const name = 'offered_qos_profiles';
  const found = rows(
    database,
    `SELECT 1 FROM pragma_table_info('topics') WHERE name = '${name}' LIMIT 1`,
  );
  return found.length > 0 ? text(name, LONGEST_QOS, 'qos') : "'' AS qos";
}

function rows(database: Database, sql: string): Row[] {
  return database.all(sql) as Row[];
}
