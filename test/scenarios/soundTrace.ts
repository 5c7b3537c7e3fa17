import 'node:assert/strict';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import { type Trace } from './scriptedLoop.ts';
import { assertContinuous, assertNeverBack, assertTicksInOrder } from './traceChecks.ts';

export const statuses = ({ outputs }: Trace) => outputs.map(({ status }) => status);

/** t0 of each chunk, by the trace: the number of ticks consumed at the time of its observation. */
export function ticksOfChunks({ outputs, chunks }: Trace): Map<bigint, number> {
  const consumedAt = (chunk: ActionChunk) => {
    const period = Number(chunk.stampNs / 20_000_000n);
    return period === 0 ? 0 : outputs[period - 1]!.tick;
  };
  return new Map(chunks.map((chunk) => [chunk.id, consumedAt(chunk)]));
}

export function assertSound(trace: Trace): void {
  assertContinuous(trace.outputs);
  assertTicksInOrder(trace.outputs, ticksOfChunks(trace));
  assertNeverBack(trace.outputs, 1);
  assertNeverBack(trace.outputs, 2);
}
