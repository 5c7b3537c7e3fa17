import assert from 'node:assert/strict';
import { ControllerBench, type Row } from './ControllerBench.ts';

const FORWARD: Row = [0.01, 0, 0, 0, 0, 0, 1];

describe('a fault that is older than the controller', () => {
  it('holds the arm with its words, refuses chunks, and stays through a reset', () => {
    const bench = new ControllerBench();
    bench.controller.latchFault('waist does not follow');
    assert.equal(bench.controller.latchedFault, 'waist does not follow');
    const answer = bench.offer([FORWARD]);
    assert.deepEqual(
      [answer.accepted, 'reason' in answer && answer.reason.includes('waist does not follow')],
      [false, true],
    );
    bench.controller.reset();
    const { status, reason } = bench.steps(5);
    assert.deepEqual([status, reason], ['FAULT', 'waist does not follow']);
  });

  it('ends by `resume`', () => {
    const bench = new ControllerBench();
    bench.controller.latchFault('');
    assert.equal(bench.controller.latchedFault, 'a fault without words');
    bench.controller.resume();
    assert.equal(bench.controller.latchedFault, undefined);
    assert.equal(bench.steps(5).status, 'HOLD_STARVED');
  });

  it('begins an epoch: what was planned before is not executed', () => {
    const { controller } = new ControllerBench();
    const before = controller.epoch;
    controller.latchFault('blocked');
    assert.equal(controller.epoch, before + 1);
  });
});
