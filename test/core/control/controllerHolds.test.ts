import assert from 'node:assert/strict';
import type { ControllerOutput, JointCommand } from '../../../core/control/ControllerOutput.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { assertClose, widowxChain } from '../arm.ts';
import { ControllerBench, PERIODS_A_TICK } from './ControllerBench.ts';
import type { Row } from './ControllerBench.ts';

const chain = widowxChain();
const FORWARD: Row = [0.03, 0, 0, 0, 0, 0, 1];

/** More than it takes to brake, to repeat the last command and to see the arm rest. */
const SETTLED = 40;

function isMoving({ command }: ControllerOutput): boolean {
  return command !== undefined && command.velocities.some((v) => Math.abs(v) > 1e-6);
}

/** What was sent last. */
function lastSent(bench: ControllerBench): JointCommand {
  return bench.trace.at(-1)!;
}

function isAtRest(bench: ControllerBench): boolean {
  return lastSent(bench).velocities.every((v) => Math.abs(v) < 1e-9);
}

describe('Controller that holds the arm', () => {
  it('holds while joint states are stale, and goes on smoothly', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer(Array.from({ length: 12 }, () => [0.01, 0, 0, 0, 0, 0, 1] as const));
    bench.steps(15);
    const stale = bench.steps(14, true);
    assert.equal(stale.status, 'HOLD_STALE');
    assert.match(stale.reason, /joint state is 0\.\d+ s old/);
    assert.equal(bench.step().status, 'RUNNING', 'the arm has followed its commands meanwhile');
    bench.steps(20);
    bench.assertSmooth();
    const silent = bench.steps(40, true);
    assert.equal(silent.command, undefined, 'once it rests, there is nothing to say');
    assert.ok(isAtRest(bench));
    assert.match(bench.step().reason, /waiting until the arm rests/);
    assert.equal(bench.steps(SETTLED).status, 'HOLD_STARVED');
    bench.offer([FORWARD]);
    assert.equal(bench.step().status, 'RUNNING');
    bench.steps(100);
    bench.assertSmooth();
  });

  it('forgets what was queued before a long hold', () => {
    for (const [periods, leftover] of [
      [40, 9],
      [80, 0],
    ] as const) {
      const bench = new ControllerBench();
      bench.step();
      bench.offer(Array.from({ length: 12 }, () => [0.01, 0, 0, 0, 0, 0, 1] as const));
      bench.steps(15);
      assert.equal(bench.steps(periods, true).leftover, leftover, `after ${periods} periods`);
    }
  });

  it('stays stopped until it is resumed, and forgets what was queued', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD, FORWARD]);
    bench.steps(15);
    const before = bench.controller.epoch;
    bench.controller.stop('operator');
    const braking = bench.step();
    assert.deepEqual([braking.status, braking.reason], ['STOPPED', 'operator']);
    assert.ok(isMoving(braking), 'it brakes within its limits');
    const stopped = bench.steps(SETTLED);
    assert.equal(stopped.command, undefined, 'a stopped arm that rests is told nothing');
    assert.ok(isAtRest(bench));
    const rested = lastSent(bench).positions;
    const resting = chain.forward(rested);
    assertClose(stopped.targetBaseFromEe!.position, resting.position, 1e-9);
    assert.match(JSON.stringify(bench.offer([FORWARD])), /stopped: operator/);
    bench.controller.reset();
    bench.controller.newEpoch(before + 9);
    assert.equal(bench.steps(20).status, 'STOPPED');
    assertClose(bench.joints, rested, 1e-12);
    const stale = bench.chunk([FORWARD]);
    bench.controller.resume();
    assert.equal(bench.controller.offerChunk(stale, 2).accepted, false, 'made before the resume');
    assert.equal(bench.steps(SETTLED).status, 'HOLD_STARVED');
    bench.offer([FORWARD]);
    assert.equal(bench.step().status, 'RUNNING');
    bench.assertSmooth();
  });

  it('begins again after a reset, where the arm then rests', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD]);
    bench.steps(25);
    bench.controller.reset();
    const braking = bench.step();
    assert.ok(isMoving(braking), 'a reset in motion brakes first');
    assert.deepEqual([braking.status, braking.leftover], ['HOLD_STALE', 0]);
    assert.match(braking.reason, /waiting until the arm rests/);
    bench.steps(9);
    bench.joints = [...widowx.homeJoints];
    const output = bench.steps(SETTLED);
    assert.deepEqual([output.status, output.tick], ['HOLD_STARVED', 3]);
    assertClose(output.command!.positions, widowx.homeJoints, 1e-12);
  });

  it('refuses to move an arm that stands outside its limits', () => {
    const bench = new ControllerBench();
    bench.joints[2] = 2;
    const output = bench.step();
    assert.equal(output.command, undefined);
    assert.equal(output.status, 'FAULT');
    assert.match(output.reason, /elbow is at 2\.000, outside its limits/);
    bench.joints[2] = 1.5;
    assert.equal(bench.step().status, 'HOLD_STARVED');
  });

  it('drops what is queued when the clock jumps', () => {
    for (const jumpNs of [5_000_000_000n, -5_000_000_000n]) {
      const bench = new ControllerBench();
      bench.step();
      bench.offer([FORWARD, FORWARD, FORWARD, FORWARD]);
      bench.steps(5);
      bench.nowNs += jumpNs;
      const jumped = bench.step(true);
      assert.deepEqual([jumped.status, jumped.leftover], ['HOLD_STALE', 0]);
      assert.equal(bench.step().status, 'HOLD_STALE', 'times of before and after do not compare');
      bench.steps(SETTLED);
      bench.offer([FORWARD]);
      assert.equal(bench.step().status, 'RUNNING', `after a jump of ${jumpNs}`);
      bench.assertSmooth();
    }
  });

  it('does not go on with what was seen too long ago', () => {
    const rows = Array.from({ length: 8 }, () => FORWARD.with(0, 0.004) as unknown as Row);
    for (const [maxBlindSec, ticks] of [
      [0, 8],
      [0.6, 3],
      [0.5, 3],
    ] as const) {
      const bench = new ControllerBench({ maxBlindSec });
      bench.step();
      bench.offer(rows);
      const output = bench.steps(10 * PERIODS_A_TICK);
      assert.deepEqual([output.status, output.tick], ['HOLD_STARVED', ticks]);
      bench.offer(rows);
      assert.equal(bench.step().status, 'RUNNING');
      bench.assertSmooth();
    }
  });
});
