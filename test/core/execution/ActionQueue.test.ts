import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ActionChunk } from '../../../core/action/ActionChunk.ts';
import {
  ActionQueue,
  type ActionQueueOptions,
  type PoppedAction,
} from '../../../core/execution/ActionQueue.ts';

const DIM = 7;

/** A chunk whose row for tick t says t in its first number, and its id in the second. */
function chunkAt(t0: number, horizon: number, id: number): ActionChunk {
  const actions = new Float32Array(horizon * DIM);
  for (let row = 0; row < horizon; row++) actions.set([t0 + row, id], row * DIM);
  return {
    id: BigInt(id),
    observationId: BigInt(id + 1000),
    stampNs: 0n,
    planId: 7n,
    epoch: 3,
    planAgeSec: 0,
    controlPeriodSec: 0.2,
    horizon,
    dim: DIM,
    actions,
    latencySec: 0,
  };
}

function queueOf(options: Partial<ActionQueueOptions> = {}): ActionQueue {
  return new ActionQueue({
    dim: DIM,
    mode: 'receding',
    ensembleHorizon: 4,
    executionHorizon: 2,
    ...options,
  });
}

const chunkIds = (popped: readonly (PoppedAction | undefined)[]) =>
  popped.map((action) => (action === undefined ? undefined : Number(action.chunkId)));

describe('ActionQueue', () => {
  it('drops as many rows as ticks have been consumed since the observation', () => {
    const queue = queueOf();
    assert.deepEqual(queue.push(chunkAt(2, 8, 1), 2, 5), { accepted: true, droppedRows: 3 });
    const action = queue.pop(5);
    assert.equal(action?.row, 3);
    assert.equal(action?.values[0], 5);
    assert.equal(action?.observationId, 1001n);
    assert.equal(action?.planId, 7n);
    assert.equal(action?.epoch, 3);
    assert.equal(queue.leftover(6), 4);
  });

  it('refuses, with a reason, what it cannot use', () => {
    const cases: readonly (readonly [ActionChunk, number, number, RegExp])[] = [
      [chunkAt(0, 4, 1), 0, 4, /too late/],
      [chunkAt(6, 4, 1), 6, 5, /tick 5 is next/],
      [chunkAt(3, 8, 1), 3, 5, /superseded/],
      [{ ...chunkAt(5, 4, 1), dim: 6 }, 5, 5, /expected 7 numbers a row, found 6/],
    ];
    for (const [chunk, t0, nextTick, reason] of cases) {
      const queue = queueOf();
      queue.push(chunkAt(4, 8, 9), 4, nextTick > 4 ? 5 : 4);
      const result = queue.push(chunk, t0, nextTick);
      assert.ok(!result.accepted);
      assert.match(result.reason, reason);
      assert.deepEqual(chunkIds([queue.pop(5)]), [9]);
    }
  });

  it('executes the rows of a chunk before a newer one takes over', () => {
    const queue = queueOf({ executionHorizon: 3 });
    const popped: (PoppedAction | undefined)[] = [];
    for (let tick = 0; tick < 8; tick++) {
      queue.push(chunkAt(tick, 6, tick), tick, tick);
      popped.push(queue.pop(tick));
    }
    assert.deepEqual(chunkIds(popped), [0, 0, 0, 3, 3, 3, 6, 6]);
    assert.deepEqual(
      popped.map((action) => action?.values[0]),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
  });

  it('goes on with a chunk beyond its execution horizon when nothing newer has come', () => {
    const queue = queueOf({ executionHorizon: 2 });
    queue.push(chunkAt(0, 4, 1), 0, 0);
    const popped = [0, 1, 2, 3, 4].map((tick) => queue.pop(tick));
    assert.deepEqual(chunkIds(popped), [1, 1, 1, 1, undefined]);
  });

  it('may be asked again for a tick that nothing covered', () => {
    const queue = queueOf();
    assert.equal(queue.pop(0), undefined);
    queue.push(chunkAt(0, 4, 1), 0, 0);
    assert.equal(queue.pop(0)?.row, 0);
    assert.throws(() => queue.pop(0), RangeError);
  });

  it('takes the later of two chunks for the same tick', () => {
    for (const mode of ['receding', 'ensemble'] as const) {
      const queue = queueOf({ mode });
      queue.push(chunkAt(0, 4, 1), 0, 0);
      queue.push(chunkAt(0, 4, 2), 0, 0);
      assert.equal(queue.pop(0)?.values[1], 2, mode);
    }
  });

  it('blends the chunks that begin within the ensemble horizon of the newest one', () => {
    const queue = queueOf({ mode: 'ensemble', ensembleHorizon: 3, ensembleAlpha: 0 });
    for (let tick = 0; tick < 5; tick++) queue.push(chunkAt(tick, 8, tick), tick, tick);
    const action = queue.pop(4);
    assert.equal(action?.values[0], 4);
    assert.equal(action?.values[1], (2 + 3 + 4) / 3);
    assert.equal(action?.chunkId, 4n);
    assert.equal(action?.row, 0);
  });

  it('falls back on an older chunk that reaches further than the newest', () => {
    const queue = queueOf({ mode: 'ensemble' });
    queue.push(chunkAt(0, 8, 1), 0, 0);
    queue.push(chunkAt(1, 2, 2), 1, 1);
    const popped = [1, 2, 3].map((tick) => queue.pop(tick));
    assert.deepEqual(chunkIds(popped), [2, 2, 1]);
    assert.equal(popped[2]?.values[1], 1);
  });

  it('keeps nothing after a clear, and keeps counting', () => {
    const queue = queueOf();
    queue.push(chunkAt(0, 8, 1), 0, 0);
    queue.pop(0);
    queue.clear();
    assert.equal(queue.leftover(1), 0);
    assert.equal(queue.pop(1), undefined);
    assert.throws(() => queue.pop(0), RangeError);
    // a chunk of an earlier tick than the forgotten ones is welcome again
    assert.deepEqual(queue.push(chunkAt(0, 4, 2), 0, 1), { accepted: true, droppedRows: 1 });
    assert.equal(queue.pop(1)?.chunkId, 2n);
  });

  it('never repeats, reorders or skips a tick, and gives every tick its own row', () => {
    const step = fc.record({
      push: fc.boolean(),
      delay: fc.integer({ min: 0, max: 12 }),
      horizon: fc.integer({ min: 1, max: 10 }),
      clear: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
    });
    const options = fc.record({
      mode: fc.constantFrom('ensemble' as const, 'receding' as const),
      ensembleHorizon: fc.integer({ min: 1, max: 8 }),
      executionHorizon: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 60 }), (chosen, steps) => {
        const queue = queueOf(chosen);
        let next = 0;
        let coveredUntil = 0;
        steps.forEach(({ push, delay, horizon, clear }, id) => {
          if (clear) {
            queue.clear();
            coveredUntil = next;
          }
          const t0 = Math.max(0, next - delay);
          if (push && queue.push(chunkAt(t0, horizon, id), t0, next).accepted) {
            coveredUntil = t0 + horizon;
          }
          const leftover = queue.leftover(next);
          const foreseen = queue.peek(next);
          const action = queue.pop(next);
          assert.deepEqual(action, foreseen);
          assert.equal(action !== undefined, leftover > 0);
          if (coveredUntil > next) assert.ok(action !== undefined, `tick ${next} was skipped`);
          if (action === undefined) return;
          assert.equal(action.tick, next);
          assert.ok(Math.abs(action.values[0]! - next) < 1e-4 * (1 + next));
          next += 1;
        });
      }),
    );
  });
});
