import assert from 'node:assert/strict';
import {
  executionDeviations,
  executionSpec,
  newestChunkSpec,
  newQueue,
} from '../../../core/execution/ExecutionSpec.ts';

const MODEL = {
  ensembleAlpha: 0.1,
  executionHorizon: 4,
  action: { gripperThreshold: 0.3, prefixRows: 2 },
};
const STICKY = { ensembleHorizon: 7, gripper: 'sticky' } as const;
const BINARY = { ensembleHorizon: 1, gripper: 'binary' } as const;

describe('executionSpec', () => {
  it('is what the model asks for on the arm', () => {
    assert.deepEqual(executionSpec(MODEL, STICKY), {
      mode: 'ensemble',
      ensembleHorizon: 7,
      ensembleAlpha: 0.1,
      executionHorizon: 4,
      gripperHoldTicks: 10,
      gripperThreshold: 0.3,
      prefixRows: 2,
    });
    const { mode, gripperHoldTicks } = executionSpec(MODEL, BINARY);
    assert.deepEqual([mode, gripperHoldTicks], ['receding', 0]);
  });

  it('has what replaces it, where that is given, and a mode that fits', () => {
    const spec = executionSpec(MODEL, STICKY, { ensembleHorizon: 1, gripperHoldTicks: 0 });
    assert.deepEqual([spec.mode, spec.ensembleHorizon, spec.gripperHoldTicks], ['receding', 1, 0]);
    assert.equal(executionSpec(MODEL, BINARY, { ensembleHorizon: 3 }).mode, 'ensemble');
    assert.equal(executionSpec(MODEL, BINARY, { mode: 'ensemble' }).mode, 'ensemble');
    assert.deepEqual(
      executionSpec(MODEL, STICKY, { mode: undefined }),
      executionSpec(MODEL, STICKY),
    );
  });

  it('makes a queue that obeys it', () => {
    const queue = newQueue(newestChunkSpec());
    const chunk = (id: bigint, value: number) => ({
      id,
      observationId: id,
      stampNs: 0n,
      planId: 0n,
      epoch: 0,
      planAgeSec: 0,
      controlPeriodSec: 0.2,
      horizon: 3,
      dim: 7,
      actions: new Float32Array(21).fill(value),
      latencySec: 0,
    });
    queue.push(chunk(1n, 1), 0, 0);
    assert.equal(queue.pop(0)?.values[0], 1);
    queue.push(chunk(2n, 2), 1, 1);
    assert.equal(queue.pop(1)?.values[0], 2);
  });
});

describe('executionDeviations', () => {
  it('lists what is used otherwise', () => {
    const asked = executionSpec(MODEL, BINARY);
    assert.deepEqual(executionDeviations(asked, asked), []);
    const used = executionSpec(MODEL, BINARY, { ensembleHorizon: 7, gripperHoldTicks: 10 });
    assert.deepEqual(executionDeviations(asked, used), [
      { field: 'mode', asked: 'receding', used: 'ensemble' },
      { field: 'ensembleHorizon', asked: 1, used: 7 },
      { field: 'gripperHoldTicks', asked: 0, used: 10 },
    ]);
  });

  it('passes over what the mode does not look at', () => {
    const asked = executionSpec(MODEL, STICKY);
    assert.deepEqual(
      executionDeviations(asked, executionSpec(MODEL, STICKY, { executionHorizon: 9 })),
      [],
    );
  });
});
