import type { RgbImage } from '../../core/observation/Observation.ts';

/** Numbers for each dimension of a feature, in the feature's own nesting. */
export type Nested = number | readonly Nested[];

export const STATISTICS = [
  'min',
  'max',
  'mean',
  'std',
  'count',
  'q01',
  'q10',
  'q50',
  'q90',
  'q99',
] as const;

export type StatisticName = (typeof STATISTICS)[number];

export type Summary = Readonly<Record<StatisticName, Nested>>;

const QUANTILES = { q01: 0.01, q10: 0.1, q50: 0.5, q90: 0.9, q99: 0.99 } as const;

/** What training normalises a feature by. */
export type FeatureStatistics<T> = {
  add(value: T): void;
  summary(): Summary;
};

/** Of plain numbers and vectors; keeps them all, so that quantiles are exact. */
export class VectorStatistics implements FeatureStatistics<ArrayLike<number>> {
  readonly #columns: number[][];

  constructor(size: number) {
    this.#columns = Array.from({ length: size }, () => []);
  }

  add(values: ArrayLike<number>): void {
    this.#columns.forEach((column, i) => void column.push(values[i]!));
  }

  summary(): Summary {
    const sorted = this.#columns.map((column) => Float64Array.from(column).sort());
    return summaryOf(
      sorted.map((values) => momentsOf(values)),
      sorted[0]?.length ?? 0,
      (value) => value,
    );
  }
}

const LEVELS = 256;

/** Of the pixels of rgb8 pictures, each channel 0…1; exact, by counting levels. */
export class PictureStatistics implements FeatureStatistics<RgbImage> {
  readonly #levels = [0, 1, 2].map(() => new Float64Array(LEVELS));
  #pictures = 0;

  add({ data }: RgbImage): void {
    const [red, green, blue] = this.#levels as [Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < data.length; i += 3) {
      red[data[i]!]! += 1;
      green[data[i + 1]!]! += 1;
      blue[data[i + 2]!]! += 1;
    }
    this.#pictures += 1;
  }

  summary(): Summary {
    const channels = this.#levels.map((levels) => {
      const total = levels.reduce((sum, count) => sum + count, 0);
      const used = [...levels.keys()].filter((level) => levels[level]! > 0);
      const mean = used.reduce((sum, level) => sum + level * levels[level]!, 0) / total;
      const square = used.reduce((sum, level) => sum + (level - mean) ** 2 * levels[level]!, 0);
      const quantileAt = (share: number) => {
        let below = 0;
        return used.find((level) => (below += levels[level]!) >= share * total) ?? NaN;
      };
      const std = Math.sqrt(square / total);
      const [min, max] = [used[0] ?? NaN, used.at(-1) ?? NaN];
      const moments: Moments = { min, max, mean, std, quantileAt };
      return scaled(moments, 1 / 255);
    });
    // Height and width are summed over: what is left of them is one element.
    return summaryOf(channels, this.#pictures, (value) => [[value]]);
  }
}

type Moments = {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly quantileAt: (share: number) => number;
};

function momentsOf(sorted: Float64Array): Moments {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const square = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const quantileAt = (share: number) => {
    const at = share * (sorted.length - 1);
    const low = sorted[Math.floor(at)]!;
    return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
  };
  const [min, max] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
  return { min, max, mean, std: Math.sqrt(square / sorted.length), quantileAt };
}

function scaled({ min, max, mean, std, quantileAt }: Moments, factor: number): Moments {
  return {
    min: min * factor,
    max: max * factor,
    mean: mean * factor,
    std: std * factor,
    quantileAt: (share) => quantileAt(share) * factor,
  };
}

function summaryOf(
  dimensions: readonly Moments[],
  count: number,
  nest: (value: number) => Nested,
): Summary {
  const of = (value: (moments: Moments) => number) => dimensions.map((one) => nest(value(one)));
  const quantile = (name: keyof typeof QUANTILES) => of((one) => one.quantileAt(QUANTILES[name]));
  return {
    min: of(({ min }) => min),
    max: of(({ max }) => max),
    mean: of(({ mean }) => mean),
    std: of(({ std }) => std),
    count: [count],
    q01: quantile('q01'),
    q10: quantile('q10'),
    q50: quantile('q50'),
    q90: quantile('q90'),
    q99: quantile('q99'),
  };
}
