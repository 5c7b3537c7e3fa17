import { nsOf } from '../../core/math/time.ts';
import type { Feature } from '../../adapters/lerobot/DatasetInfo.ts';
import { printable } from '../../core/text/printable.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import type {
  DatasetEpisode,
  DatasetReader,
  StoredRow,
} from '../../adapters/lerobot/DatasetReader.ts';
import { COLUMNS } from './episodeFeatures.ts';
import { videoFrames } from './videoFrames.ts';

/** A picture as it is stored, or as it was decoded from a video. */
export type ImportedPicture = Uint8Array | RgbImage;

/** A row of a dataset, in the terms of the pipeline's topics. */
export type ImportedRow = {
  readonly tickNs: bigint;
  readonly task: string;
  readonly action: Float32Array;
  readonly jointsNs: bigint;
  readonly joints: {
    readonly name: readonly string[];
    readonly position: Float64Array;
    readonly velocity: Float64Array;
    readonly effort: Float64Array;
  };
  readonly pictures: ReadonlyMap<
    string,
    { readonly picture: ImportedPicture; readonly stampNs: bigint }
  >;
};

/** Of datasets that do not say when they were recorded: a day's beginning for each episode. */
const START_NS = 1_577_836_800_000_000_000n;
const DAY_NS = 86_400_000_000_000n;
/** Stamps end in 2038: later episodes begin again with the first day. */
const DAYS = 6_500;

/** @throws Error where the dataset lacks state, action or pictures, or a video cannot be read */
export async function* importedRows(
  dataset: DatasetReader,
  episode: DatasetEpisode,
  joints: readonly string[] | undefined,
): AsyncGenerator<ImportedRow, void, undefined> {
  const { features, fps } = dataset.info;
  const state = columnOf(dataset, COLUMNS.state, 'state');
  const actions = columnOf(dataset, COLUMNS.action, 'actions');
  const cameras = [...features].filter(([, feature]) => isCamera(feature));
  const videos = new Map<string, AsyncIterator<RgbImage>>();
  for (const [name, { dtype, shape }] of cameras) {
    if (dtype !== 'video') continue;
    const [height, width] = heightAndWidth(shape);
    const fromSec = episode.videos.get(name)?.fromSec ?? 0;
    const path = dataset.videoPath(episode, name);
    videos.set(name, videoFrames({ path, fromSec, fps, width, height }));
  }
  const names = jointNames(dataset, state, joints);
  try {
    for await (const row of dataset.rows(episode)) {
      const stamps = stampsOf(row, episode.index, fps);
      const pictures = new Map<string, { picture: ImportedPicture; stampNs: bigint }>();
      for (const [i, [name]] of cameras.entries()) {
        const picture = await pictureOf(row, name, videos.get(name));
        pictures.set(name, { picture, stampNs: stamps.at(i + 2) ?? stamps[0]! });
      }
      yield {
        tickNs: stamps[0]!,
        task: dataset.task(row),
        action: Float32Array.from(numbers(row[actions])),
        jointsNs: stamps[1] ?? stamps[0]!,
        joints: {
          name: names,
          position: positionsOf(row, row[COLUMNS.position] ?? row[state], names),
          velocity: Float64Array.from(numbers(row[COLUMNS.velocity] ?? [])),
          effort: Float64Array.from(numbers(row[COLUMNS.effort] ?? [])),
        },
        pictures,
      };
    }
  } finally {
    for (const video of videos.values()) await video.return?.();
  }
}

/** By the type that is stored, whatever the name. */
export function isCamera({ dtype }: Feature): boolean {
  return dtype === 'image' || dtype === 'video';
}

/**
 * A feature by LeRobot's name for it, or as datasets for openpi call it.
 * @throws Error with what there is
 */
function columnOf({ info, folder }: DatasetReader, name: string, other: string): string {
  const found = [name, other].find((one) => info.features.has(one));
  if (found !== undefined) return found;
  const all = [...info.features.keys()].map((one) => printable(one)).join(', ');
  throw new Error(`${folder}: expected a feature ${name} or ${other}, found ${all}`);
}

/** @throws Error where there is not a number for each joint */
function positionsOf(row: StoredRow, value: unknown, names: readonly string[]): Float64Array {
  const positions = Float64Array.from(numbers(value));
  if (positions.length === names.length) return positions;
  const at = `row ${String(row['frame_index'])}`;
  throw new Error(`${at}: expected ${names.length} joint positions, found ${positions.length}`);
}

/** Joints as they were recorded, where the dataset has them; else the numbers of its state. */
function jointNames(
  { info, folder }: DatasetReader,
  state: string,
  given: readonly string[] | undefined,
): readonly string[] {
  const { names, shape } = info.features.get(COLUMNS.position) ?? info.features.get(state)!;
  const size = shape.reduce((product, one) => product * one, 1);
  if (given && given.length !== size) {
    throw new Error(`${folder}: expected ${size} joints, found ${given.join(', ')}`);
  }
  return given ?? names ?? Array.from({ length: size }, (_, i) => `state_${i}`);
}

/** Of tick, joint state and pictures; one for all where the dataset has only times. */
function stampsOf(row: StoredRow, episode: number, fps: number): readonly bigint[] {
  const stored = row[COLUMNS.stamps];
  if (Array.isArray(stored)) return stored as bigint[];
  const frame = Number(row['frame_index']);
  const timestamp = Number(row['timestamp']);
  // In single precision: the frame's number says it better.
  const seconds = Math.abs(timestamp - frame / fps) < 1e-3 ? frame / fps : timestamp;
  return [START_NS + BigInt(episode % DAYS) * DAY_NS + nsOf(seconds)];
}

async function pictureOf(
  row: StoredRow,
  name: string,
  video: AsyncIterator<RgbImage> | undefined,
): Promise<ImportedPicture> {
  if (video) {
    const { done, value } = await video.next();
    if (done) throw new Error(`${name}: the video ends before its episode`);
    return value;
  }
  const { bytes } = (row[name] ?? {}) as { readonly bytes?: Uint8Array };
  if (!bytes) throw new Error(`${name}: no picture in row ${String(row['frame_index'])}`);
  return bytes;
}

function numbers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.flat(Infinity).map(Number) : [Number(value)];
}

/** Some datasets have the channels first. */
function heightAndWidth([a = 0, b = 0, c = 0]: readonly number[]): readonly [number, number] {
  return c === 3 || c === 1 ? [a, b] : [b, c];
}
