import { nsOf } from '../math/time.ts';
import { ACTION_DIM } from '../action/ActionChunk.ts';
import { meanOf, Spread } from './Spread.ts';

/** Below it the gripper counts as closed. */
export const CLOSED_BELOW = 0.5;

/** What a model proposed at a moment: rows of actions for the ticks from then on. */
export type PredictedChunk = {
  readonly stampNs: bigint;
  readonly horizon: number;
  /** Row-major, `horizon × 7`. */
  readonly actions: Float32Array;
};

/** How far predictions of one action dimension are from what was recorded, in its own unit. */
export type DimensionError = {
  readonly mean: number;
  readonly rms: number;
  readonly largest: number;
  /** Standard deviation of the recorded values: the error of one who always says their mean. */
  readonly recordedSpread: number;
};

/** Errors of one row of all chunks. */
export type RowError = {
  readonly row: number;
  readonly compared: number;
  /** Mean distance of the translations, m, and angle between the rotations (vectors), rad. */
  readonly positionM: number;
  readonly rotationRad: number;
  /** Share of ticks in which both grippers are open, or both closed; 0…1. */
  readonly gripperAgreement: number;
};

export type OpenLoopFigures = {
  /** Chunks of which the executed row could be compared. */
  readonly compared: number;
  readonly executedRow: number;
  /** Of the executed row: x, y, z (m), rotation vector (rad), gripper opening. */
  readonly dimensions: readonly DimensionError[];
  readonly rows: readonly RowError[];
  /** Mean distance between the sums of a chunk's translations, m, over whole chunks. */
  readonly endOfChunkM: number;
};

/** A pair of the executed row: when it was done, what was predicted, what was recorded. */
export type ComparedAction = {
  readonly timeNs: bigint;
  readonly predicted: Float32Array;
  readonly recorded: Float32Array;
};

type Row = { position: Spread; rotation: Spread; agreed: number; compared: number };

/** Compares predicted chunks with recorded actions, row by row. */
export class OpenLoopErrors {
  readonly #tickNs: bigint;
  readonly #executedRow: number;
  readonly #rows: Row[] = [];
  readonly #errors = Array.from({ length: ACTION_DIM }, () => new Spread());
  readonly #recorded = Array.from({ length: ACTION_DIM }, () => new Spread());
  readonly #ends = new Spread();

  /** @param executedRow the row that is executed first, which is as many ticks late as inference */
  constructor(tickSec: number, executedRow: number) {
    this.#tickNs = nsOf(tickSec);
    this.#executedRow = executedRow;
  }

  /** The executed row of the chunk beside what was recorded, where something was. */
  add(
    { stampNs, horizon, actions }: PredictedChunk,
    recordedAt: (timeNs: bigint) => Float32Array | undefined,
  ): ComparedAction | undefined {
    let executed: ComparedAction | undefined;
    const drift = new Float64Array(3);
    let isWhole = true;
    for (let row = 0; row < horizon; row++) {
      const timeNs = stampNs + BigInt(row) * this.#tickNs;
      const predicted = actions.subarray(row * ACTION_DIM, (row + 1) * ACTION_DIM);
      const recorded = recordedAt(timeNs);
      if (recorded?.length !== ACTION_DIM) {
        isWhole = false;
        continue;
      }
      this.#compareRow(row, predicted, recorded);
      for (let i = 0; i < 3; i++) drift[i]! += predicted[i]! - recorded[i]!;
      if (row !== this.#executedRow) continue;
      executed = { timeNs, predicted, recorded };
      this.#compareDimensions(predicted, recorded);
    }
    if (isWhole && horizon > 0) this.#ends.add(Math.hypot(...drift));
    return executed;
  }

  /** Takes in what another of the same kind has compared. */
  merge(other: OpenLoopErrors): void {
    other.#rows.forEach((row, i) => {
      const own = this.#row(i);
      own.position.merge(row.position);
      own.rotation.merge(row.rotation);
      own.agreed += row.agreed;
      own.compared += row.compared;
    });
    this.#errors.forEach((spread, i) => spread.merge(other.#errors[i]!));
    this.#recorded.forEach((spread, i) => spread.merge(other.#recorded[i]!));
    this.#ends.merge(other.#ends);
  }

  figures(): OpenLoopFigures {
    return {
      compared: this.#errors[0]!.count,
      executedRow: this.#executedRow,
      dimensions: this.#errors.map((error, i) => ({
        mean: error.meanSize,
        rms: error.rms,
        largest: error.largestSize,
        recordedSpread: this.#recorded[i]!.deviation,
      })),
      rows: this.#rows.map(({ position, rotation, agreed, compared }, row) => ({
        row,
        compared,
        positionM: position.meanSize,
        rotationRad: rotation.meanSize,
        gripperAgreement: meanOf(agreed, compared),
      })),
      endOfChunkM: this.#ends.meanSize,
    };
  }

  #compareRow(index: number, predicted: Float32Array, recorded: Float32Array): void {
    const row = this.#row(index);
    row.compared += 1;
    row.position.add(distance(predicted, recorded, 0));
    row.rotation.add(distance(predicted, recorded, 3));
    const isClosed = (action: Float32Array) => action[6]! < CLOSED_BELOW;
    if (isClosed(predicted) === isClosed(recorded)) row.agreed += 1;
  }

  #compareDimensions(predicted: Float32Array, recorded: Float32Array): void {
    for (let i = 0; i < ACTION_DIM; i++) {
      this.#errors[i]!.add(predicted[i]! - recorded[i]!);
      this.#recorded[i]!.add(recorded[i]!);
    }
  }

  #row(index: number): Row {
    while (this.#rows.length <= index) {
      this.#rows.push({ position: new Spread(), rotation: new Spread(), agreed: 0, compared: 0 });
    }
    return this.#rows[index]!;
  }
}

function distance(a: Float32Array, b: Float32Array, from: number): number {
  return Math.hypot(a[from]! - b[from]!, a[from + 1]! - b[from + 1]!, a[from + 2]! - b[from + 2]!);
}
