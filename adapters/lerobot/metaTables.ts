import { ParquetTable } from './ParquetTable.ts';
import type { ColumnType } from './parquetSchema.ts';
import { taskMetadata } from './tableMetadata.ts';

/** @param episodes by column, the same columns each: bigint, string, number, or lists of these */
export function writeEpisodes(
  path: string,
  episodes: readonly ReadonlyMap<string, unknown>[],
): void {
  const columns = new Map<string, ColumnType>();
  for (const [name, value] of episodes[0]!) columns.set(name, typeOf(value));
  const table = new ParquetTable(path, columns);
  const rows = [...columns.keys()].map((name) => [name, episodes.map((one) => one.get(name))]);
  table.writeGroup(new Map(rows as [string, unknown[]][]));
  table.close();
}

/** @param tasks the number of each sentence */
export function writeTasks(path: string, tasks: ReadonlyMap<string, number>): void {
  const columns = new Map<string, ColumnType>([
    ['task_index', { of: 'INT64', depth: 0 }],
    ['__index_level_0__', { of: 'STRING', depth: 0 }],
  ]);
  const table = new ParquetTable(path, columns, [taskMetadata()]);
  const rows: [string, unknown[]][] = [
    ['task_index', [...tasks.values()].map(BigInt)],
    ['__index_level_0__', [...tasks.keys()]],
  ];
  table.writeGroup(new Map(rows));
  table.close();
}

/** Of what the table of episodes has. */
function typeOf(value: unknown): ColumnType {
  if (Array.isArray(value)) {
    const { of, depth } = typeOf(value[0]);
    return { of, depth: depth + 1 };
  }
  if (typeof value === 'bigint') return { of: 'INT64', depth: 0 };
  return { of: typeof value === 'string' ? 'STRING' : 'DOUBLE', depth: 0 };
}
