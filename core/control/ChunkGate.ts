import type { ActionChunk } from '../action/ActionChunk.ts';
import { epochFault } from '../execution/epochs.ts';
import { chunkFault } from './chunkFault.ts';
import { chunkTimeFault, type OfferMoment, rowsInTime } from './chunkTime.ts';

/** Judges chunks by what they are and when they come, whatever the arm does. */
export class ChunkGate {
  readonly #tickSec: number;
  /** Rows of a chunk beyond these are for too long after its observation. */
  readonly #maxRows: number;

  /** @param maxBlindSec how long one observation may be acted on, seconds; 0: to the chunk's end */
  constructor(tickSec: number, maxBlindSec: number) {
    this.#tickSec = tickSec;
    this.#maxRows = maxBlindSec > 0 ? Math.ceil(maxBlindSec / tickSec - 1e-9) : Infinity;
  }

  /** Why a chunk is refused whole; undefined if it is sound. */
  fault(chunk: ActionChunk, moment: OfferMoment, epoch: number): string | undefined {
    const { t0, next } = moment;
    if (!Number.isInteger(t0) || t0 < 0 || t0 > next) return `t0: expected 0…${next}, found ${t0}`;
    return (
      epochFault(chunk.epoch, epoch) ??
      chunkFault(chunk, this.#tickSec) ??
      chunkTimeFault(chunk, moment, this.#maxRows)
    );
  }

  /** The chunk without rows that are too long after its observation, or whole if none is left. */
  trimmed(chunk: ActionChunk, moment: OfferMoment): ActionChunk {
    const horizon = rowsInTime(chunk, moment, this.#maxRows);
    // With none, the queue says how late all rows of the chunk are.
    return horizon < 1 ? chunk : { ...chunk, horizon };
  }
}
