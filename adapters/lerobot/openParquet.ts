import { closeSync, fstatSync, readSync } from 'node:fs';
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { openRegularFile } from '../files/openRegularFile.ts';

export type Parquet = { readonly file: AsyncBuffer; readonly metadata: FileMetaData };

/** Of a file's own description of itself, bytes. */
const LARGEST_FOOTER = 1 << 26;
/** Of one page, decompressed, bytes. */
const LARGEST_PAGE = 1 << 29;
/** Of one page, and of a whole file: what a file says is believed when memory is made for it. */
const MAX_VALUES_OF_PAGE = 1 << 24;
const MAX_VALUES = 1 << 28;
/** Most of them have less than a hundred bytes; statistics make some longer. */
const HEADER_BYTES = [1 << 10, 1 << 20];

type Column = FileMetaData['row_groups'][number]['columns'][number];

/**
 * Opens a Parquet file that may be a stranger's: one whose pages claim more than a dataset has is
 * refused before memory is made for them.
 * @throws Error with what is wrong, and where
 */
export async function openParquet(path: string): Promise<Parquet> {
  const descriptor = openRegularFile(path);
  try {
    const { size } = fstatSync(descriptor);
    const end = Buffer.alloc(8);
    readSync(descriptor, end, 0, 8, Math.max(0, size - 8));
    if (size < 12 || end.toString('latin1', 4) !== 'PAR1') throw new Error('no Parquet file');
    if (end.readUInt32LE() > LARGEST_FOOTER) {
      throw new Error(
        `expected a footer of at most ${LARGEST_FOOTER} bytes, found ${end.readUInt32LE()}`,
      );
    }
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    let values = 0;
    for (const { columns } of metadata.row_groups) {
      for (const column of columns) values += valuesOf(column, descriptor, size);
      if (values > MAX_VALUES) throw new Error(`more than ${MAX_VALUES} values`);
    }
    return { file, metadata };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`${path}: ${error.message}`, { cause: error });
  } finally {
    closeSync(descriptor);
  }
}

/** In all pages of a column, by their headers. */
function valuesOf({ meta_data: column }: Column, descriptor: number, size: number): number {
  if (!column) throw new Error('a column without metadata');
  const { dictionary_page_offset: dictionary, data_page_offset: data } = column;
  const start = Number(dictionary === undefined || dictionary > data ? data : dictionary);
  const end = start + Number(column.total_compressed_size);
  if (!(start >= 0 && end <= size)) throw new Error('a column outside of the file');
  let values = 0;
  // As the reader does it: a last byte alone is no page.
  for (let at = start; at < end - 1;) {
    const { header, length } = headerAt(descriptor, at, end);
    const { uncompressed_page_size: bytes, compressed_page_size: stored } = header;
    const of =
      header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
    const count = of?.num_values ?? 0;
    if (!(stored >= 0 && bytes >= 0 && bytes <= LARGEST_PAGE)) {
      throw new Error(`expected a page of at most ${LARGEST_PAGE} bytes, found ${bytes}`);
    }
    if (!(count >= 0 && count <= MAX_VALUES_OF_PAGE)) {
      throw new Error(`expected at most ${MAX_VALUES_OF_PAGE} values in a page, found ${count}`);
    }
    values += count;
    at += length + stored;
  }
  return values;
}

function headerAt(descriptor: number, at: number, end: number) {
  for (const most of HEADER_BYTES) {
    const bytes = Buffer.alloc(Math.min(most, end - at));
    readSync(descriptor, bytes, 0, bytes.length, at);
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
    try {
      return { header: parquetHeader(reader), length: reader.offset };
    } catch (error) {
      const isCut = most < HEADER_BYTES.at(-1)! && bytes.length === most;
      if (!isCut) throw error;
    }
  }
  throw new Error('a page without header');
}
