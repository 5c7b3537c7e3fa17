import { type Fault, FaultError, showValue } from '../../core/config/Fault.ts';

/** Version of LeRobot's dataset format that is written and read here. */
export const FORMAT_VERSION = 'v3.0';

/** Numbers and flags of a row, as NumPy names their types; pictures; sentences. */
export const FEATURE_TYPES = [
  'float32',
  'float64',
  'int64',
  'bool',
  'string',
  'image',
  'video',
] as const;

export type FeatureType = (typeof FEATURE_TYPES)[number];

export type Feature = {
  readonly dtype: FeatureType;
  /** `[1]` is a plain number in the table, longer ones are lists; pictures: height, width, 3. */
  readonly shape: readonly number[];
  readonly names: readonly string[] | null;
};

/** What `meta/info.json` says. */
export type DatasetInfo = {
  readonly robotType: string;
  readonly fps: number;
  readonly totalEpisodes: number;
  /** Without those of types that are not read here. */
  readonly features: ReadonlyMap<string, Feature>;
  /** With `{chunk_index}` and `{file_index}`, videos also with `{video_key}`. */
  readonly dataPath: string;
  readonly videoPath: string | undefined;
};

/** Columns that every dataset has. */
export const INDEX_FEATURES: ReadonlyMap<string, Feature> = new Map(
  (
    [
      ['timestamp', 'float32'],
      ['frame_index', 'int64'],
      ['episode_index', 'int64'],
      ['index', 'int64'],
      ['task_index', 'int64'],
    ] as const
  ).map(([name, dtype]) => [name, { dtype, shape: [1], names: null }]),
);

/** A path of `info.json` with its numbers filled in, three digits each. */
export function filePath(
  template: string,
  place: { readonly chunk: number; readonly file: number; readonly videoKey?: string },
): string {
  const digits = (value: number) => String(value).padStart(3, '0');
  return template
    .replaceAll('{chunk_index:03d}', digits(place.chunk))
    .replaceAll('{file_index:03d}', digits(place.file))
    .replaceAll('{video_key}', place.videoKey ?? '');
}

/** Of names: sides of a robot, its parts, kinds of values. */
const MAX_HEADINGS = 8;

type Json = Readonly<Record<string, unknown>>;

/** @throws FaultError with all that is wrong, or cannot be read by this version */
export function parseDatasetInfo(text: string, source: string): DatasetInfo {
  const faults: Fault[] = [];
  const json = readJson(text, source);
  const fault = (field: string, expected: string, found: unknown) =>
    void faults.push({ source, field, expected, found: showValue(found) });
  const { codebase_version: version, fps, total_episodes: totalEpisodes, data_path } = json;
  if (typeof version !== 'string' || !version.startsWith('v3.')) {
    fault(
      'codebase_version',
      `${FORMAT_VERSION} (lerobot has a converter for older ones)`,
      version,
    );
  }
  if (!(typeof fps === 'number' && fps > 0)) fault('fps', 'a number above 0', fps);
  if (!Number.isSafeInteger(totalEpisodes)) fault('total_episodes', 'an integer', totalEpisodes);
  if (typeof data_path !== 'string') fault('data_path', 'a path', data_path);
  const features = new Map<string, Feature>();
  const listed = typeof json['features'] === 'object' ? (json['features'] ?? {}) : {};
  for (const [name, value] of Object.entries(listed)) {
    const feature = featureOf((value ?? {}) as Json);
    if (feature) features.set(name, feature);
  }
  for (const name of INDEX_FEATURES.keys()) {
    if (!features.has(name)) fault(`features.${name}`, 'to be there', undefined);
  }
  if (faults.length > 0) throw new FaultError(`dataset ${source}`, faults);
  const videoPath = json['video_path'];
  return {
    robotType: typeof json['robot_type'] === 'string' ? json['robot_type'] : '',
    fps: fps as number,
    totalEpisodes: totalEpisodes as number,
    features,
    dataPath: data_path as string,
    videoPath: typeof videoPath === 'string' ? videoPath : undefined,
  };
}

/** @throws FaultError for what is no object of JSON */
function readJson(text: string, source: string): Json {
  let found: string;
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json as Json;
    found = showValue(json);
  } catch (error) {
    found = (error as Error).message;
  }
  throw new FaultError(`dataset ${source}`, [{ source, field: '', expected: 'JSON', found }]);
}

function featureOf({ dtype, shape, names }: Json): Feature | undefined {
  if (!FEATURE_TYPES.includes(dtype as FeatureType) || !Array.isArray(shape)) return undefined;
  const sizes = shape.map(Number);
  const isPicture = dtype === 'image' || dtype === 'video';
  const count = isPicture ? sizes.length : sizes.reduce((product, size) => product * size, 1);
  const found = namesOf(names);
  return {
    dtype: dtype as FeatureType,
    shape: sizes,
    names: found?.length === count ? found : null,
  };
}

/**
 * A list, lists in lists or under headings (`{"motors": {"left": [...]}}`), or names with their places
 * (`{"x": 0, "y": 1}`). Names that are not different get their headings before them. Null for anything
 * else.
 */
function namesOf(names: unknown): readonly string[] | null {
  const found: NamePath[] = [];
  if (!collectNames(names, [], found)) return null;
  const short = found.map((path) => path.at(-1)!);
  return new Set(short).size === short.length ? short : found.map((path) => path.join('_'));
}

/** A name behind the headings that it lies under. */
type NamePath = readonly string[];

/** False where something is no name, or too deep. */
function collectNames(value: unknown, headings: NamePath, found: NamePath[]): boolean {
  if (typeof value === 'string') return found.push([...headings, value]) > 0;
  if (typeof value !== 'object' || value === null || headings.length > MAX_HEADINGS) return false;
  if (Array.isArray(value)) return value.every((one) => collectNames(one, headings, found));
  const entries = Object.entries(value);
  if (entries.some(([, one]) => typeof one !== 'number')) {
    return entries.every(([heading, one]) => collectNames(one, [...headings, heading], found));
  }
  const placed = (entries as [string, number][]).toSorted(([, a], [, b]) => a - b);
  if (placed.some(([, place], i) => place !== i)) return false;
  for (const [name] of placed) found.push([...headings, name]);
  return true;
}
