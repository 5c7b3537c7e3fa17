import assert from 'node:assert/strict';
import { ControllerBench } from './ControllerBench.ts';
import type { Row } from './ControllerBench.ts';

const FORWARD: Row = [0.03, 0, 0, 0, 0, 0, 1];
const REASON = 'the driver is being set up';

describe('Controller with an obstacle', () => {
  it('brakes, says why, and takes no chunk', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD]);
    bench.steps(5);
    const { epoch } = bench.controller;
    bench.controller.inhibit(REASON);
    assert.equal(bench.controller.epoch, epoch + 1);
    const held = bench.steps(20);
    assert.deepEqual([held.status, held.reason], ['STOPPED', REASON]);
    assert.ok(bench.trace.at(-1)!.velocities.every((v) => v === 0));
    const reason = `chunk 2: stopped: ${REASON}`;
    assert.deepEqual(bench.offer([FORWARD]), { accepted: false, reason });
    bench.controller.inhibit('no service');
    assert.equal(bench.controller.epoch, epoch + 1, 'one obstacle, however it is told');
    assert.equal(bench.step().reason, 'no service');
    bench.assertSmooth();
  });

  it('goes on without resume when it has gone, from where the arm then is', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.controller.inhibit(REASON);
    bench.steps(3);
    bench.controller.inhibit(undefined);
    assert.equal(bench.step().status, 'HOLD_STALE', 'where the arm rests has to be seen first');
    const after = bench.steps(40);
    assert.equal(after.status, 'HOLD_STARVED');
    assert.equal(bench.offer([FORWARD]).accepted, true);
    assert.equal(bench.step().status, 'RUNNING');
  });

  it('leaves a stop to whoever made it', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.controller.inhibit(REASON);
    bench.controller.stop('by the operator');
    bench.controller.inhibit(undefined);
    assert.equal(bench.steps(2).reason, 'by the operator');
    bench.controller.inhibit(REASON);
    bench.controller.resume();
    assert.equal(bench.steps(2).reason, REASON);
    bench.controller.inhibit(undefined);
    assert.equal(bench.steps(40).status, 'HOLD_STARVED');
  });
});
