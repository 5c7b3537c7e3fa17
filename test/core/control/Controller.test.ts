import assert from 'node:assert/strict';
import { Controller } from '../../../core/control/Controller.ts';
import type { ControllerOutput } from '../../../core/control/ControllerOutput.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { ActionQueue } from '../../../core/execution/ActionQueue.ts';
import { quatAngleBetween } from '../../../core/math/quat.ts';
import { vec3Distance } from '../../../core/math/vec3.ts';
import { assertClose, widowxChain, widowxUrdf } from '../arm.ts';
import { ControllerBench, PERIOD_NS, PERIODS_A_TICK } from './ControllerBench.ts';
import type { Row } from './ControllerBench.ts';

const chain = widowxChain();
const FORWARD: Row = [0.03, 0, 0, 0, 0, 0, 1];
const STILL: Row = [0, 0, 0, 0, 0, 0, 1];

function isAtRest({ command }: ControllerOutput): boolean {
  return command !== undefined && command.velocities.every((v) => Math.abs(v) < 1e-9);
}

describe('Controller', () => {
  it('commands nothing before joint states, and stands still without chunks', () => {
    const bench = new ControllerBench();
    const blind = bench.step(true);
    assert.equal(blind.command, undefined);
    assert.deepEqual([blind.status, blind.reason], ['HOLD_STALE', 'no joint state yet']);
    const idle = bench.steps(5);
    assert.deepEqual([idle.status, idle.reason], ['HOLD_STARVED', 'no action for tick 0']);
    assertClose(idle.command!.positions, widowx.homeJoints, 1e-12);
    assert.equal(idle.command!.gripperOpening, 1);
    assert.deepEqual([idle.tick, idle.chunkId, idle.row], [0, 0n, -1]);
  });

  it('does not start on joint states that are stale already', () => {
    const bench = new ControllerBench();
    bench.report(bench.nowNs - 300_000_000n);
    assert.equal(bench.step(true).command, undefined);
  });

  it('is at the target at the end of each tick, at the steps of real tasks', () => {
    const rows: Row[] = [
      [0.035, 0, -0.02, 0, 0, 0, 1],
      [0, 0.04, 0, 0, 0, 0.35, 1],
      [0, 0.02, 0.03, 0, 0, 0.35, 0],
      [-0.01, -0.035, 0, 0.1, 0.1, -0.3, 0],
      [0, -0.04, 0, 0, 0, -0.35, 0],
    ];
    for (const together of [true, false]) {
      const bench = new ControllerBench();
      bench.step();
      if (together) bench.offer(rows);
      for (const row of rows) {
        if (!together) bench.offer([row]);
        const output = bench.tick();
        assert.deepEqual([output.status, output.limitsActive], ['RUNNING', []]);
        const reached = chain.forward(output.command!.positions);
        const target = output.targetBaseFromEe!;
        assert.ok(vec3Distance(reached.position, target.position) < 2e-5);
        assert.ok(quatAngleBetween(reached.orientation, target.orientation) < 2e-4);
      }
      bench.assertSmooth();
      assert.ok(isAtRest(bench.tick()));
    }
  });

  it('keeps a slow gripper at what it was told, until a new epoch', () => {
    const openings = [1, 0, 1, 1, 1, 0, 1];
    const rows = openings.map((opening): Row => [0, 0, 0, 0, 0, 0, opening]);
    const told = (gripperHoldTicks: number) => {
      const bench = new ControllerBench({ gripperHoldTicks });
      bench.step();
      bench.offer(rows);
      const before = rows.map(() => bench.tick().targetGripperOpening);
      bench.controller.newEpoch(bench.controller.epoch + 1);
      bench.offer([[0, 0, 0, 0, 0, 0, 1]]);
      return [...before, bench.tick().targetGripperOpening].map((opening) => Math.round(opening));
    };
    assert.deepEqual(told(3), [1, 0, 0, 0, 1, 1, 1, 1]);
    assert.deepEqual(told(0), [...openings, 1]);
  });

  it('adds deltas to the previous target, not to where the arm happens to be', () => {
    const bench = new ControllerBench();
    bench.step();
    const start = chain.forward(widowx.homeJoints).position;
    bench.offer([FORWARD, STILL]);
    bench.tick();
    bench.joints = bench.joints.map((q) => q + 0.01);
    const { targetBaseFromEe } = bench.step();
    assertClose(targetBaseFromEe!.position, [start[0] + 0.03, start[1], start[2]], 1e-6);
  });

  it('does not stop at seams within a chunk', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD]);
    assert.ok(!isAtRest(bench.tick()), 'after the first row');
    assert.ok(!isAtRest(bench.tick()), 'after the second row');
    assert.ok(isAtRest(bench.tick()), 'after the last row');
  });

  it('opens and closes the gripper within a tick', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([STILL.with(6, 0) as unknown as Row, STILL]);
    const closed = bench.tick();
    assert.equal(closed.targetGripperOpening, 0);
    assertClose([closed.command!.gripperJointPosition], [0.015], 1e-9);
    assertClose([bench.tick().command!.gripperOpening], [1], 1e-9);
  });

  it('counts ticks by actions: late rows are dropped, waiting costs nothing', () => {
    const bench = new ControllerBench();
    bench.steps(37);
    assert.equal(bench.controller.tickOfStamp(bench.nowNs), 0);
    assert.deepEqual(bench.offer([FORWARD, STILL, STILL]), { accepted: true, droppedRows: 0 });
    const first = bench.step();
    assert.deepEqual([first.tick, first.chunkId, first.row, first.leftover], [1, 1n, 0, 2]);
    const stampNs = bench.nowNs;
    bench.steps(PERIODS_A_TICK);
    const t0 = bench.controller.tickOfStamp(stampNs);
    assert.equal(t0, 0);
    const late = bench.controller.offerChunk(bench.chunk([FORWARD, FORWARD, STILL]), t0);
    assert.deepEqual(late, { accepted: true, droppedRows: 2 });
  });

  it('begins at once when a chunk comes after starving', () => {
    const bench = new ControllerBench();
    bench.steps(13);
    bench.offer([FORWARD]);
    assert.equal(bench.step().status, 'RUNNING');
    bench.steps(9);
    const starved = bench.step();
    assert.deepEqual([starved.status, starved.reason], ['HOLD_STARVED', 'no action for tick 1']);
  });

  it('takes a chunk of a newer epoch as the beginning of that epoch', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD]);
    const { controller } = bench;
    assert.equal(controller.offerChunk(bench.chunk([STILL], { epoch: 3 }), 0).accepted, true);
    assert.equal(controller.epoch, 3);
    assert.equal(bench.step().leftover, 0);
    const old = controller.offerChunk(bench.chunk([STILL], { epoch: 2 }), 0);
    assert.match(old.accepted ? '' : old.reason, /epoch: expected 3 or later, found 2/);
  });

  it('refuses chunks of ticks to come, and broken ones, whole', () => {
    const bench = new ControllerBench();
    bench.step();
    const { controller } = bench;
    for (const t0 of [1, -1, NaN, 0.5]) {
      assert.equal(controller.offerChunk(bench.chunk([STILL]), t0).accepted, false, `t0 ${t0}`);
    }
    const broken = bench.chunk([FORWARD, [NaN, 0, 0, 0, 0, 0, 0]]);
    const answer = controller.offerChunk(broken, 0);
    assert.match(
      answer.accepted ? '' : answer.reason,
      /^chunk \d+: actions: row 1, column 0 is NaN/,
    );
    assert.equal(bench.step().status, 'HOLD_STARVED');
  });

  it('ends ticks in time although the timer jitters', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD, FORWARD, FORWARD]);
    const startNs = bench.nowNs;
    const jitterMs = [0, 2, -2, 1, -1, 3, 0, -3, 2, -2];
    for (let k = 0; k < 50; k++) {
      bench.nowNs = startNs + BigInt(k) * PERIOD_NS + BigInt(jitterMs[k % 10]!) * 1_000_000n;
      const output = bench.step();
      assert.equal(output.tick, 1 + Math.floor(k / PERIODS_A_TICK), `step ${k}`);
    }
  });

  it('refuses a URDF of another arm', () => {
    const embodiment = { ...widowx, armJoints: ['a', 'b'] };
    const queue = new ActionQueue({
      dim: 7,
      mode: 'receding',
      ensembleHorizon: 7,
      executionHorizon: 8,
    });
    assert.throws(
      () => new Controller({ embodiment, urdf: widowxUrdf, queue }),
      /widowx: expected joints a, b; its URDF has waist/,
    );
  });
});
