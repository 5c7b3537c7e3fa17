import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { printable } from '../../core/text/printable.ts';
import zstd from '@foxglove/wasm-zstd';
import { type Compressors, parquetReadObjects } from 'hyparquet';
import { readBoundedText } from '../files/readBounded.ts';
import { type DatasetInfo, filePath, parseDatasetInfo } from './DatasetInfo.ts';
import { openParquet } from './openParquet.ts';

export type DatasetEpisode = {
  readonly index: number;
  readonly length: number;
  readonly fromIndex: number;
  readonly file: { readonly chunk: number; readonly file: number };
  /** Of each feature that is a video: its file, and where in it the episode begins, s. */
  readonly videos: ReadonlyMap<
    string,
    { readonly chunk: number; readonly file: number; readonly fromSec: number }
  >;
  /** Columns of text that are of no LeRobot. */
  readonly notes: ReadonlyMap<string, string>;
};

/** A row as it is stored: pictures as `{bytes, path}`, integers as bigint. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** Rows of a file, from `start` to before `end`, that hold all of an episode. */
type RowRange = { readonly start: number; readonly end: number };

/** Of meta/info.json, bytes. */
const LARGEST_INFO = 1 << 24;

const compressors: Compressors = {
  ZSTD: (input, size) => zstd.decompress(input, size),
  GZIP: (input, size) => gunzipSync(input, { maxOutputLength: Math.max(1, size) }),
};

/** Reads a dataset of LeRobot's format v3 from a folder. */
export class DatasetReader {
  readonly folder: string;
  readonly info: DatasetInfo;
  readonly episodes: readonly DatasetEpisode[];
  readonly #tasks: ReadonlyMap<number, string>;
  readonly #ranges = new Map<string, Map<number, RowRange>>();
  #dataFiles: readonly string[] | undefined;

  private constructor(
    folder: string,
    info: DatasetInfo,
    episodes: readonly DatasetEpisode[],
    tasks: ReadonlyMap<number, string>,
  ) {
    this.folder = folder;
    this.info = info;
    this.episodes = episodes;
    this.#tasks = tasks;
  }

  /** @throws Error or FaultError where it is no dataset of this format */
  static async open(folder: string): Promise<DatasetReader> {
    await zstd.isLoaded;
    const source = join(folder, 'meta', 'info.json');
    if (!existsSync(source)) throw new Error(`${folder}: no dataset of LeRobot: no meta/info.json`);
    const info = parseDatasetInfo(readBoundedText(source, LARGEST_INFO), source);
    const tasksFile = join(folder, 'meta', 'tasks.parquet');
    for (const path of [tasksFile, join(folder, 'meta', 'episodes')]) requireThere(path, folder);
    const videoKeys = [...info.features].filter(([, { dtype }]) => dtype === 'video');
    const rows: StoredRow[] = [];
    for (const file of await tablesIn(join(folder, 'meta', 'episodes'))) {
      for (const row of await readTable(file)) rows.push(row);
    }
    const episodes = rows
      .map((row) =>
        episodeOf(
          row,
          videoKeys.map(([name]) => name),
        ),
      )
      .sort((a, b) => a.index - b.index);
    const tasks = (await readTable(tasksFile)).map(
      (row) => [Number(row['task_index']), taskOf(row)] as const,
    );
    return new DatasetReader(folder, info, episodes, new Map(tasks));
  }

  /** The sentence of a row. */
  task(row: StoredRow): string {
    return this.#tasks.get(Number(row['task_index'])) ?? '';
  }

  /** An episode's rows, read group by group. @throws Error where the table has others there */
  async *rows(episode: DatasetEpisode): AsyncGenerator<StoredRow, void, undefined> {
    const path = await this.#fileWith(episode);
    const { file, metadata } = await openParquet(path);
    const { start, end } = (await this.#episodesIn(path)).get(episode.index)!;
    let groupStart = 0;
    for (const { num_rows: count } of metadata.row_groups) {
      const groupEnd = groupStart + Number(count);
      const rowStart = Math.max(start, groupStart);
      const rowEnd = Math.min(end, groupEnd);
      groupStart = groupEnd;
      if (rowStart >= rowEnd) continue;
      const options = { file, metadata, compressors, rowStart, rowEnd, utf8: false };
      for (const row of (await parquetReadObjects(options)) as StoredRow[]) {
        if (Number(row['episode_index']) === episode.index) yield row;
      }
    }
  }

  /**
   * The data file that has an episode's rows: the one that the metadata name, or whichever has them,
   * since a converter of LeRobot's names the file before for some.
   * @throws Error where none has
   */
  async #fileWith({ index, file }: DatasetEpisode): Promise<string> {
    const named = this.#inside(filePath(this.info.dataPath, file));
    if (existsSync(named) && (await this.#episodesIn(named)).has(index)) return named;
    this.#dataFiles ??= await tablesIn(join(this.folder, dataFolder(this.info.dataPath)));
    for (const path of this.#dataFiles) {
      if ((await this.#episodesIn(path)).has(index)) return path;
    }
    throw new Error(
      `${named}: expected rows of episode ${index}, found none here or in other files`,
    );
  }

  /** By the rows themselves, which are read once. */
  async #episodesIn(path: string): Promise<ReadonlyMap<number, RowRange>> {
    let ranges = this.#ranges.get(path);
    if (ranges) return ranges;
    ranges = new Map();
    const { file, metadata } = await openParquet(path);
    const columns = ['episode_index'];
    let at = 0;
    for (const row of (await parquetReadObjects({ file, metadata, compressors, columns }))!) {
      const index = Number(row['episode_index']);
      ranges.set(index, { start: ranges.get(index)?.start ?? at, end: at + 1 });
      at += 1;
    }
    this.#ranges.set(path, ranges);
    return ranges;
  }

  /** Where a video of an episode is. */
  videoPath(episode: DatasetEpisode, videoKey: string): string {
    const video = episode.videos.get(videoKey);
    if (!video || this.info.videoPath === undefined) {
      throw new Error(`${this.folder}: no video ${videoKey} of episode ${episode.index}`);
    }
    return this.#inside(filePath(this.info.videoPath, { ...video, videoKey }));
  }

  /** @throws Error where a path of the dataset leaves its folder */
  #inside(path: string): string {
    if (!isAbsolute(path) && !normalize(path).startsWith('..')) return join(this.folder, path);
    throw new Error(`${this.folder}: expected paths inside the dataset, found ${printable(path)}`);
  }
}

async function readTable(path: string): Promise<StoredRow[]> {
  const parquet = await openParquet(path);
  return (await parquetReadObjects({ ...parquet, compressors })) as StoredRow[];
}

/** @throws Error that says what makes such a dataset whole */
function requireThere(path: string, folder: string): void {
  if (existsSync(path)) return;
  const older = ['tasks.jsonl', 'episodes.jsonl'].filter((name) =>
    existsSync(join(folder, 'meta', name)),
  );
  const found =
    older.length > 0 ? `found meta/${older.join(' and meta/')} of version 2` : 'not found';
  throw new Error(
    `${path}: expected by version 3 of LeRobot's format, ${found}; ` +
      "LeRobot's `lerobot.datasets.v30.convert_dataset_v21_to_v30` converts older datasets",
  );
}

/** What is before the first number in a path of `info.json`. */
function dataFolder(template: string): string {
  const fixed = template.split('{')[0]!;
  return isAbsolute(fixed) || normalize(fixed).startsWith('..') ? 'data' : dirname(`${fixed}x`);
}

/** In the order of chunks and files. */
async function tablesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => join(folder, name));
}

function episodeOf(row: StoredRow, videoKeys: readonly string[]): DatasetEpisode {
  const number = (name: string) => Number(row[name]);
  const videos = videoKeys.map((key) => {
    const of = `videos/${key}`;
    const chunk = number(`${of}/chunk_index`);
    const file = number(`${of}/file_index`);
    return [key, { chunk, file, fromSec: number(`${of}/from_timestamp`) }] as const;
  });
  const notes = Object.entries(row).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    index: number('episode_index'),
    length: number('length'),
    fromIndex: number('dataset_from_index'),
    file: { chunk: number('data/chunk_index'), file: number('data/file_index') },
    videos: new Map(videos),
    notes: new Map(notes),
  };
}

/** pandas keeps the sentences in the index, whatever its name. */
function taskOf(row: StoredRow): string {
  const found = Object.values(row).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : '';
}
