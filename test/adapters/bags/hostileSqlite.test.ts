import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { inLittleMemory } from './inLittleMemory.ts';

const TOPICS =
  'CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT, type TEXT, serialization_format TEXT, offered_qos_profiles TEXT)';
const MESSAGES =
  'CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER, timestamp INTEGER, data BLOB)';
const A_TOPIC = "INSERT INTO topics VALUES (1, '/a', 'std_msgs/msg/String', 'cdr', '')";
const COLUMNS = "'std_msgs/msg/String' AS type, 'cdr' AS serialization_format, '' AS q";
const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)';

type Refusal = readonly [title: string, statements: readonly string[], reason: RegExp];

const REFUSALS: readonly Refusal[] = [
  [
    'an endless view of topics',
    [
      `CREATE VIEW topics AS ${ENDLESS} SELECT x AS id, 'a' AS name, ${COLUMNS} FROM c WHERE x < 0`,
      MESSAGES,
    ],
    /expected a table topics, found a view/,
  ],
  [
    'a huge view of topics',
    [
      `CREATE VIEW topics AS SELECT 1 AS id, hex(zeroblob(400000000)) AS name, ${COLUMNS}`,
      MESSAGES,
    ],
    /expected a table topics, found a view/,
  ],
  [
    'a view of messages, its name in capitals',
    [
      TOPICS,
      `CREATE VIEW MESSAGES AS ${ENDLESS} SELECT x AS id, 1 AS topic_id, x AS timestamp, '' AS data FROM c`,
    ],
    /expected a table messages, found a view/,
  ],
  [
    'an endless view of definitions',
    [
      TOPICS,
      MESSAGES,
      `CREATE VIEW message_definitions AS ${ENDLESS} SELECT '' AS topic_type, '' AS encoding, '' AS encoded_message_definition FROM c WHERE x < 0`,
    ],
    /expected a table message_definitions, found a view/,
  ],
  [
    'a virtual table',
    [
      'CREATE VIRTUAL TABLE topics USING fts5(name, type, serialization_format, offered_qos_profiles)',
      MESSAGES,
    ],
    /expected a table topics, found a virtual table/,
  ],
  [
    'a generated column',
    [
      TOPICS,
      'CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER, timestamp INTEGER, data AS (hex(zeroblob(timestamp * 400000000))))',
    ],
    /table messages: expected plain columns, found a generated or hidden one/,
  ],
  [
    'a column that hides the number of the row',
    [
      TOPICS,
      'CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER, timestamp INTEGER, data BLOB, _RowId_ INTEGER)',
    ],
    /table messages: expected plain columns/,
  ],
  ['no table of topics', [MESSAGES], /expected a table topics, found none/],
  [
    'ten thousand topics and more',
    [
      TOPICS,
      MESSAGES,
      `${ENDLESS} INSERT INTO topics SELECT x, '/a' || x, '', '', '' FROM c LIMIT 10001`,
    ],
    /expected at most 10000 topics/,
  ],
];

describe('openBag of sqlite3 files that are made to harm', () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-hostile-'));
    path = join(folder, 'hostile.db3');
  });
  beforeEach(() => rm(path, { force: true }));
  after(() => rm(folder, { recursive: true }));

  const make = (...statements: readonly string[]) => {
    const database = new sqlite.Database(path);
    try {
      for (const statement of statements) database.exec(statement);
    } finally {
      database.close();
    }
  };
  const read = async () => {
    const bag = await openBag(path);
    const found: (readonly [topic: string, logNs: bigint, size: number])[] = [];
    for await (const { topic, logNs, bytes } of bag.messages()) {
      found.push([topic, logNs, bytes.length]);
    }
    await bag.close();
    return { found, bag, notices: bag.notices.join('\n') };
  };

  for (const [title, statements, reason] of REFUSALS) {
    it(`refuses ${title}`, async () => {
      make(...statements);
      const { refusal, peakBytes } = await inLittleMemory(path);
      assert.match(refusal, reason);
      assert.ok(peakBytes < 250e6, `${peakBytes / 1e6} MB`);
    });
  }

  it('leaves out topics whose texts are none, or too long, without reading them', async () => {
    make(TOPICS, MESSAGES, A_TOPIC);
    make(
      "INSERT INTO topics VALUES (2, hex(zeroblob(5000000)), 'x/msg/X', 'cdr', '')",
      "INSERT INTO topics VALUES (3, x'01', 'x/msg/X', 'cdr', '')",
      "INSERT INTO topics VALUES (4, '/b', 'x/msg/X', 'cdr', hex(zeroblob(5000000)))",
    );
    const { bag, notices } = await read();
    const topics = bag.topics.map(({ name, qosProfiles }) => [name, qosProfiles]);
    assert.deepEqual(topics, [
      ['/a', ''],
      ['/b', ''],
    ]);
    assert.match(notices, /a topic whose name, type or encoding is no text of 1024 bytes/);
  });

  it('leaves out messages that are no bytes, or of no time, and counts them', async () => {
    make(TOPICS, MESSAGES, A_TOPIC);
    make(
      "INSERT INTO messages VALUES (1, 1, 10, x'00010000'), (2, 1, 20, 'text'), (3, 1, 30, NULL)",
      "INSERT INTO messages VALUES (4, 1, 'soon', x'00'), (5, 1, 1.5, x'00'), (6, 1, -5, x'00')",
      "INSERT INTO messages VALUES (7, 9, 40, x'00'), (8, 1, 5, x'0001')",
    );
    const { found, bag, notices } = await read();
    assert.deepEqual(found, [
      ['/a', 5n, 2],
      ['/a', 10n, 4],
    ]);
    assert.deepEqual([bag.startNs, bag.endNs], [5n, 40n]);
    assert.match(notices, /2 damaged messages are left out: expected a blob, found null/);
  });

  for (const index of [
    'CREATE INDEX timestamp_idx ON messages (timestamp ASC)',
    'CREATE INDEX timestamp_idx ON messages (timestamp DESC)',
    'CREATE INDEX timestamp_idx ON messages (timestamp, data)',
    'CREATE INDEX timestamp_idx ON messages (-timestamp)',
    'CREATE INDEX other ON messages (topic_id, timestamp)',
  ]) {
    it(`gives messages in the order of time with ${index}`, async () => {
      make(TOPICS, MESSAGES, A_TOPIC, index);
      make("INSERT INTO messages VALUES (1, 1, 30, x'00'), (2, 1, 10, x'00'), (3, 1, 20, x'00')");
      make("INSERT INTO messages VALUES (4, 1, 10, x'0000')");
      const { found, notices } = await read();
      assert.deepEqual(
        found.map(([, logNs, size]) => [logNs, size]),
        [
          [10n, 1],
          [10n, 2],
          [20n, 1],
          [30n, 1],
        ],
      );
      assert.equal(notices, '');
    });
  }

  /** A page all of whose children are one: twenty such pages in a row have more rows than atoms. */
  const fanOut = (bytes: Buffer, page: number, child: number, start = 0) => {
    const at = page * 4096 + start;
    bytes.fill(0, at, page * 4096 + 4096);
    bytes[at] = 5;
    const count = 300;
    bytes.writeUInt16BE(count, at + 3);
    bytes.writeUInt16BE(4096 - 5 * count, at + 5);
    bytes.writeUInt32BE(child + 1, at + 8);
    for (let i = 0; i < count; i++) {
      const cell = 4096 - 5 * (i + 1);
      bytes.writeUInt16BE(cell, at + 12 + 2 * i);
      bytes.writeUInt32BE(child + 1, page * 4096 + cell);
      bytes[page * 4096 + cell + 4] = i & 0x7f;
    }
  };

  it('refuses a table whose pages refer to one page again and again', async () => {
    make(TOPICS, MESSAGES, A_TOPIC, "INSERT INTO messages VALUES (1, 1, 10, x'00')");
    // More pages to be had.
    make('CREATE TABLE spare(x)', 'INSERT INTO spare VALUES (zeroblob(40000))', 'DROP TABLE spare');
    const bytes = await readFile(path);
    // Topics are on page 1, messages on page 2, counted from 0.
    const last = 6;
    bytes.copyWithin(last * 4096, 2 * 4096, 3 * 4096);
    for (const page of [2, 3, 4, 5]) fanOut(bytes, page, page + 1);
    await writeFile(path, bytes);
    const { refusal, messages } = await inLittleMemory(path);
    assert.equal(messages, 0);
    assert.match(refusal, /more messages than a recording of \d+ bytes can hold/);
  });

  it('refuses a schema that refers to itself', async () => {
    make(TOPICS, MESSAGES, A_TOPIC);
    const bytes = await readFile(path);
    fanOut(bytes, 0, 0, 100);
    await writeFile(path, bytes);
    const { refusal } = await inLittleMemory(path);
    assert.match(refusal, /its schema is damaged/);
  });

  it('reads no message that is larger than its file', async () => {
    make(TOPICS, MESSAGES, A_TOPIC, 'INSERT INTO messages VALUES (1, 1, 10, zeroblob(20000))');
    const bytes = await readFile(path);
    const page = 2 * 4096;
    // The cell: length of the row as varint (20008: 81 9c 28), then of its header.
    const cell = page + bytes.readUInt16BE(page + 8);
    assert.deepEqual([...bytes.subarray(cell, cell + 3)], [0x81, 0x9c, 0x28]);
    const header = cell + 4;
    assert.equal(bytes[header], 7);
    // The largest that three bytes can say: 2 MB, and the blob's serial type to go with it.
    bytes.set([0xff, 0xff, 0x7f], cell);
    bytes.set([0xff, 0xff, 0x7e], header + 4);
    await writeFile(path, bytes);
    const { messages, notices } = await inLittleMemory(path);
    assert.equal(messages, 0);
    assert.match(notices.join(), /damaged, read up to there: .*malformed/);
  });
});
