import type { DatasetKind } from '../../sim/tasks/DatasetKind.ts';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Columns, EpisodeRow, GroundingRow } from './columns.ts';
import { columnsOf } from './columns.ts';
import type { NpyArray } from './npy.ts';
import { decodeNpy, encodeNpy, typedArray } from './npy.ts';

export type Row = GroundingRow | EpisodeRow;

export type Shard = {
  readonly columns: Readonly<Record<string, NpyArray>>;
  /** What `instruction_id` points into. */
  readonly instructions: readonly string[];
};

/** Shard folders are complete as soon as they have this name. */
export function shardName(index: number): string {
  return `shard-${String(index).padStart(5, '0')}`;
}

export function hasShard(directory: string, index: number): boolean {
  return existsSync(join(directory, shardName(index)));
}

/**
 * Writes one shard: `<column>.npy` each and `instructions.json`. It appears under its final name
 * only when complete, so an interrupted run leaves nothing half-written behind.
 */
export function writeShard(
  directory: string,
  index: number,
  kind: DatasetKind,
  rows: readonly Row[],
): void {
  const shard = shardOf(kind, rows);
  const temporary = join(directory, `.${shardName(index)}.${process.pid}`);
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  for (const [name, array] of Object.entries(shard.columns)) {
    writeFileSync(join(temporary, `${name}.npy`), encodeNpy(array));
  }
  writeFileSync(
    join(temporary, 'instructions.json'),
    `${JSON.stringify(shard.instructions, null, 1)}\n`,
  );
  rmSync(join(directory, shardName(index)), { recursive: true, force: true });
  renameSync(temporary, join(directory, shardName(index)));
}

/** Reads a shard back. */
export function readShard(directory: string, index: number): Shard {
  const folder = join(directory, shardName(index));
  const columns: Record<string, NpyArray> = {};
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.npy')) continue;
    columns[file.slice(0, -'.npy'.length)] = decodeNpy(readFileSync(join(folder, file)));
  }
  const text = readFileSync(join(folder, 'instructions.json'), 'utf8');
  return { columns, instructions: JSON.parse(text) as string[] };
}

function shardOf(kind: DatasetKind, rows: readonly Row[]): Shard {
  const instructions = [...new Set(rows.map((row) => row.instruction))];
  const idOf = new Map(instructions.map((text, id) => [text, id]));
  const columns: Record<string, NpyArray> = {};
  const specs: Columns = columnsOf(kind);
  for (const [name, spec] of Object.entries(specs)) {
    const stride = spec.shape.reduce((product, n) => product * n, 1);
    const data = typedArray(spec.type, rows.length * stride);
    for (const [i, row] of rows.entries()) {
      const value: unknown =
        name === 'instruction_id' ? idOf.get(row.instruction) : row[name as keyof Row];
      copyValue(name, value, stride, data, i * stride);
    }
    columns[name] = { shape: [rows.length, ...spec.shape], data };
  }
  return { columns, instructions };
}

function copyValue(
  name: string,
  value: unknown,
  stride: number,
  out: NpyArray['data'],
  offset: number,
): void {
  if (typeof value === 'number') {
    if (stride !== 1) throw new RangeError(`column '${name}' needs ${stride} numbers, got one`);
    out[offset] = value;
    return;
  }
  const list = value as ArrayLike<number> | undefined;
  if (list?.length !== stride) {
    throw new RangeError(`column '${name}' needs ${stride} numbers, got ${list?.length ?? 'none'}`);
  }
  out.set(list, offset);
}
