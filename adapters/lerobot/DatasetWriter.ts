import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { type Feature, filePath, FORMAT_VERSION, INDEX_FEATURES } from './DatasetInfo.ts';
import {
  type FeatureStatistics,
  PictureStatistics,
  STATISTICS,
  type Summary,
  VectorStatistics,
} from './FeatureStatistics.ts';
import { ParquetTable } from './ParquetTable.ts';
import { writeEpisodes, writeTasks } from './metaTables.ts';
import { columnTypeOf } from './parquetSchema.ts';
import { huggingfaceMetadata } from './tableMetadata.ts';

/** A picture of a row: PNG or JPEG, and what it decodes to. */
export type RowPicture = { readonly bytes: Uint8Array; readonly pixels: RgbImage };

/** What a feature is in one row, by its type. */
export type RowValue = number | bigint | boolean | ArrayLike<number> | BigInt64Array | RowPicture;

export type DatasetRow = {
  readonly task: string;
  /** Of all features but the index columns. */
  readonly values: ReadonlyMap<string, RowValue>;
};

export type DatasetOptions = {
  readonly robotType: string;
  readonly fps: number;
  /** Without the index columns. */
  readonly features: ReadonlyMap<string, Feature>;
};

type Statistics = ReadonlyMap<string, FeatureStatistics<ArrayLike<number> | RgbImage>>;
type Cells = Map<string, unknown[]>;

const DATA_PATH = 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet';
const EPISODES_PATH = 'meta/episodes/chunk-000/file-000.parquet';
const CHUNK_FILES = 1000;
const FILE_MB = 100;
/** Rows are written when their pictures have this many bytes. */
const GROUP_BYTES = 32e6;

/** Writes a dataset of LeRobot's format v3, pictures inside its tables. */
export class DatasetWriter {
  readonly #folder: string;
  readonly #options: DatasetOptions;
  readonly #features: ReadonlyMap<string, Feature>;
  readonly #tasks = new Map<string, number>();
  readonly #episodes: ReadonlyMap<string, unknown>[] = [];
  readonly #total: Statistics;
  #table: ParquetTable | undefined;
  #fileIndex = -1;
  #group: Cells = new Map();
  #groupBytes = 0;
  #frames = 0;
  #episodeFrames = 0;
  #episodeTasks = new Set<string>();
  #episode: Statistics;

  private constructor(folder: string, options: DatasetOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#features = new Map([...options.features, ...INDEX_FEATURES]);
    this.#total = this.#newStatistics();
    this.#episode = this.#newStatistics();
  }

  /** @throws Error where the folder exists or cannot be made */
  static async create(folder: string, options: DatasetOptions): Promise<DatasetWriter> {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder);
    await mkdir(join(folder, 'meta', 'episodes', 'chunk-000'), { recursive: true });
    return new DatasetWriter(folder, options);
  }

  get frames(): number {
    return this.#frames;
  }

  get episodes(): number {
    return this.#episodes.length;
  }

  /** There are rows of an episode that has not ended. */
  get isInEpisode(): boolean {
    return this.#episodeFrames > 0;
  }

  async addRow({ task, values }: DatasetRow): Promise<void> {
    if (!this.#table) await this.#openTable();
    const taskIndex = this.#tasks.get(task) ?? this.#tasks.size;
    this.#tasks.set(task, taskIndex);
    this.#episodeTasks.add(task);
    const frame = this.#episodeFrames;
    const index = new Map<string, RowValue>([
      ['timestamp', frame / this.#options.fps],
      ['frame_index', BigInt(frame)],
      ['episode_index', BigInt(this.#episodes.length)],
      ['index', BigInt(this.#frames)],
      ['task_index', BigInt(taskIndex)],
    ]);
    for (const name of this.#features.keys()) {
      const value = index.get(name) ?? values.get(name);
      if (value === undefined) throw new Error(`no value of ${name} in row ${frame}`);
      this.#addCell(name, value, frame);
    }
    this.#episodeFrames += 1;
    this.#frames += 1;
    if (this.#groupBytes > GROUP_BYTES) this.#writeGroup();
  }

  /** Ends the episode of the rows since the last call; does nothing where there are none. */
  endEpisode(columns: Readonly<Record<string, string>>): void {
    if (this.#episodeFrames === 0) return;
    this.#writeGroup();
    const statistics = [...this.#episode].flatMap(([feature, one]) => {
      const summary = one.summary();
      return STATISTICS.map((name) => [`stats/${feature}/${name}`, stored(summary, name)] as const);
    });
    const to = this.#frames;
    this.#episodes.push(
      new Map<string, unknown>([
        ['episode_index', BigInt(this.#episodes.length)],
        ['tasks', [...this.#episodeTasks]],
        ['length', BigInt(this.#episodeFrames)],
        ['data/chunk_index', BigInt(Math.floor(this.#fileIndex / CHUNK_FILES))],
        ['data/file_index', BigInt(this.#fileIndex % CHUNK_FILES)],
        ['dataset_from_index', BigInt(to - this.#episodeFrames)],
        ['dataset_to_index', BigInt(to)],
        ...statistics,
        ['meta/episodes/chunk_index', 0n],
        ['meta/episodes/file_index', 0n],
        ...Object.entries(columns),
      ]),
    );
    this.#episodeFrames = 0;
    this.#episodeTasks = new Set();
    this.#episode = this.#newStatistics();
    if (this.#table!.position > FILE_MB * 1e6) this.#closeTable();
  }

  /** Writes what the tables are described by. @throws Error if there is no episode */
  async close(): Promise<void> {
    if (this.#episodes.length === 0) throw new Error(`${this.#folder}: no rows`);
    this.#closeTable();
    writeEpisodes(join(this.#folder, EPISODES_PATH), this.#episodes);
    writeTasks(join(this.#folder, 'meta', 'tasks.parquet'), this.#tasks);
    const statistics = Object.fromEntries(
      [...this.#total].map(([feature, one]) => [feature, one.summary()]),
    );
    await this.#writeJson('meta/stats.json', statistics);
    await this.#writeJson('meta/info.json', {
      codebase_version: FORMAT_VERSION,
      robot_type: this.#options.robotType,
      total_episodes: this.#episodes.length,
      total_frames: this.#frames,
      total_tasks: this.#tasks.size,
      chunks_size: CHUNK_FILES,
      data_files_size_in_mb: FILE_MB,
      video_files_size_in_mb: 200,
      fps: this.#options.fps,
      splits: { train: `0:${this.#episodes.length}` },
      data_path: DATA_PATH,
      video_path: null,
      features: Object.fromEntries(this.#features),
    });
  }

  #newStatistics(): Statistics {
    return new Map(
      [...this.#features].map(([name, { dtype, shape }]) => [
        name,
        (dtype === 'image'
          ? new PictureStatistics()
          : new VectorStatistics(shape[0]!)) as FeatureStatistics<ArrayLike<number> | RgbImage>,
      ]),
    );
  }

  #addCell(name: string, value: RowValue, frame: number): void {
    let cells = this.#group.get(name);
    if (!cells) this.#group.set(name, (cells = []));
    const isPicture = typeof value === 'object' && 'pixels' in value;
    const measured = isPicture ? value.pixels : asNumbers(value);
    for (const statistics of [this.#total, this.#episode]) statistics.get(name)!.add(measured);
    if (isPicture) {
      const path = `frame-${String(frame).padStart(6, '0')}.${isPng(value.bytes) ? 'png' : 'jpg'}`;
      cells.push({ bytes: value.bytes, path });
      this.#groupBytes += value.bytes.length;
    } else cells.push(typeof value === 'object' ? Array.from(value as ArrayLike<number>) : value);
  }

  async #openTable(): Promise<void> {
    this.#fileIndex += 1;
    const chunk = Math.floor(this.#fileIndex / CHUNK_FILES);
    const path = join(
      this.#folder,
      filePath(DATA_PATH, { chunk, file: this.#fileIndex % CHUNK_FILES }),
    );
    await mkdir(dirname(path), { recursive: true });
    const columns = new Map(
      [...this.#features].map(([name, feature]) => [name, columnTypeOf(feature)]),
    );
    this.#table = new ParquetTable(path, columns, [huggingfaceMetadata(this.#features)]);
  }

  #writeGroup(): void {
    this.#table!.writeGroup(this.#group);
    this.#group = new Map();
    this.#groupBytes = 0;
  }

  #closeTable(): void {
    this.#table?.close();
    this.#table = undefined;
  }

  #writeJson(name: string, document: unknown): Promise<void> {
    return writeFile(join(this.#folder, name), `${JSON.stringify(document, null, 4)}\n`);
  }
}

function asNumbers(value: Exclude<RowValue, RowPicture>): ArrayLike<number> {
  if (typeof value !== 'object') return [Number(value)];
  return value instanceof BigInt64Array ? Array.from(value, Number) : value;
}

function isPng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89;
}

function stored(summary: Summary, name: (typeof STATISTICS)[number]): unknown {
  const value = summary[name];
  return name === 'count' ? (value as number[]).map(BigInt) : value;
}
