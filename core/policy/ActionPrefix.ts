import type { ActionStatistics } from './ActionStatistics.ts';
import type { ActionSpec } from './ModelSpec.ts';

type LastChunk = {
  readonly epoch: number;
  /** The tick of its row 0. */
  readonly tick: number;
  readonly rows: Float32Array;
};

/**
 * The rows of a new chunk that are decided before it is computed. Inference takes a part of the
 * tick that the observation falls in, so what is done in that tick is the word of the chunk before,
 * and a model that knows them plans on from where the arm will be (training-time action
 * conditioning: Black et al., 2025). All numbers are normalised, as the denoising has them.
 */
export class ActionPrefix {
  readonly #spec: ActionSpec;
  readonly #statistics: ActionStatistics;
  #last: LastChunk | undefined;

  constructor(spec: ActionSpec, statistics: ActionStatistics) {
    this.#spec = spec;
    this.#statistics = statistics;
  }

  /** Keeps what the denoising gave for the ticks from `tick` on. */
  remember(epoch: number, tick: number, normalised: Float32Array): void {
    this.#last = { epoch, tick, rows: normalised };
  }

  /**
   * The `prefixRows × dim` numbers that a chunk from `tick` on begins with: the last chunk's word
   * on these ticks, or to stand still where it has none (`tick` undefined: no one knows the tick).
   */
  from(epoch: number, tick: number | undefined, gripperOpening: number): Float32Array {
    const { prefixRows, dim } = this.#spec;
    const prefix = new Float32Array(prefixRows * dim);
    for (let row = 0; row < prefixRows; row++) {
      const decided = tick === undefined ? undefined : this.#rowOf(epoch, tick + row);
      prefix.set(decided ?? this.#standStill(gripperOpening), row * dim);
    }
    return prefix;
  }

  #rowOf(epoch: number, tick: number): Float32Array | undefined {
    const { horizon, dim, clip, gripperIndex, gripperThreshold } = this.#spec;
    const last = this.#last;
    if (last === undefined || last.epoch !== epoch) return undefined;
    const index = tick - last.tick;
    if (index < 0 || index >= horizon) return undefined;
    return last.rows
      .slice(index * dim, (index + 1) * dim)
      .map((value, i) =>
        i === gripperIndex
          ? Number(value >= gripperThreshold)
          : Math.max(-clip, Math.min(clip, value)),
      );
  }

  #standStill(gripperOpening: number): Float32Array {
    const { dim, gripperIndex, gripperConvention } = this.#spec;
    const { q01, q99, mask } = this.#statistics;
    const row = new Float32Array(dim);
    for (let i = 0; i < dim; i++) {
      const low = q01[i]!;
      const range = q99[i]! - low;
      if (mask[i] && range > 0) row[i] = (-2 * low) / range - 1;
    }
    row[gripperIndex] = Number(gripperOpening >= 0.5 === (gripperConvention === 'open_1'));
    return row;
  }
}
