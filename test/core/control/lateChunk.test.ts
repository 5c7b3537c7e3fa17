import assert from 'node:assert/strict';
import { ControllerBench, type Row } from './ControllerBench.ts';

const FORWARD: Row = [0.01, 0, 0, 0, 0, 0, 1];

describe('a chunk whose ticks are all over', () => {
  it('is refused with the number of rows that it has', () => {
    const bench = new ControllerBench({ maxBlindSec: 2 });
    bench.steps(5);
    assert.ok(bench.offer(Array.from({ length: 30 }, () => FORWARD)).accepted);
    bench.steps(80);
    const chunk = bench.chunk([FORWARD, FORWARD], { stampNs: bench.nowNs - 4_000_000_000n });
    const answer = bench.controller.offerChunk(chunk, 0);
    assert.ok(!answer.accepted);
    assert.match(answer.reason, /too late, all 2 rows from tick 0 are past \d+/);
  });
});
