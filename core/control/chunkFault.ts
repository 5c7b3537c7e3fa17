import { ACTION_DIM } from '../action/ActionChunk.ts';
import type { ActionChunk } from '../action/ActionChunk.ts';

/** More rows than any policy here makes; a bound on what one message can put into the queue. */
export const MAX_HORIZON = 256;

/** Why a chunk must not be executed, with expected and found; undefined where it may be. */
export function chunkFault(chunk: ActionChunk, tickSec: number): string | undefined {
  const { horizon, dim, actions, controlPeriodSec } = chunk;
  if (dim !== ACTION_DIM) return `dim: expected ${ACTION_DIM}, found ${dim}`;
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > MAX_HORIZON) {
    return `horizon: expected 1…${MAX_HORIZON} rows, found ${horizon}`;
  }
  if (actions.length !== horizon * dim) {
    return `actions: expected ${horizon} × ${dim} = ${horizon * dim} numbers, found ${actions.length}`;
  }
  if (!(Math.abs(controlPeriodSec - tickSec) <= 1e-3 * tickSec)) {
    return `control period: expected ${tickSec} s, found ${controlPeriodSec} s`;
  }
  const bad = actions.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    return `actions: row ${Math.floor(bad / dim)}, column ${bad % dim} is ${actions[bad]}`;
  }
  return undefined;
}
