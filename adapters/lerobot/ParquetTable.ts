import { closeSync, openSync, writeSync } from 'node:fs';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnType } from './parquetSchema.ts';
import { parquetSchema } from './parquetSchema.ts';

export type KeyValue = { readonly key: string; readonly value: string };

/** A Parquet file that is written group of rows by group of rows. */
export class ParquetTable {
  readonly #columns: ReadonlyMap<string, ColumnType>;
  readonly #descriptor: number;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #position = 0;

  /** @throws Error where there is a file of that name */
  constructor(
    path: string,
    columns: ReadonlyMap<string, ColumnType>,
    metadata: readonly KeyValue[] = [],
  ) {
    this.#columns = columns;
    this.#descriptor = openSync(path, 'wx');
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: parquetSchema(columns),
      kvMetadata: [...metadata],
      createdBy: 'st4vla_ros',
    });
  }

  /** Bytes that are written. */
  get position(): number {
    return this.#position;
  }

  /** @param rows as many values for each column */
  writeGroup(rows: ReadonlyMap<string, readonly unknown[]>): void {
    const columnData = [...this.#columns].map(([name, { of }]) => ({
      name,
      data: [...(rows.get(name) ?? [])],
      // Pictures are compressed already.
      ...(of === 'PICTURE' && { codec: 'UNCOMPRESSED' as const, statistics: false }),
    }));
    const rowGroupSize = columnData[0]?.data.length ?? 0;
    if (rowGroupSize === 0) return;
    void this.#writer.write({ columnData, rowGroupSize });
    this.#flush();
  }

  close(): void {
    void this.#writer.finish();
    this.#flush();
    closeSync(this.#descriptor);
  }

  /** The writer counts on by its offset; only its buffer is emptied. */
  #flush(): void {
    const { buffer, index } = this.#bytes;
    const bytes = new Uint8Array(buffer, 0, index);
    for (let written = 0; written < bytes.length;) {
      written += writeSync(this.#descriptor, bytes, written);
    }
    this.#position += bytes.length;
    this.#bytes.index = 0;
  }
}
