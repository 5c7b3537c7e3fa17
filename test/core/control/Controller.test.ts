import assert from 'node:assert/strict';
import { CommandCheck } from '../../../core/control/CommandCheck.ts';
import { Controller, SLOWEST } from '../../../core/control/Controller.ts';
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

  it('reports the limits that it met', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([[0, 0, -0.5, 0, 0, 2, 1]]);
    const output = bench.step();
    assert.equal(output.status, 'LIMITED');
    assert.deepEqual(output.limitsActive.slice(0, 2), ['workspace', 'step_size']);
    assert.equal(output.reason, output.limitsActive.join(', '));
  });

  it('holds while joint states are stale, and goes on smoothly', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer(Array.from({ length: 12 }, () => [0.01, 0, 0, 0, 0, 0, 1] as const));
    bench.steps(15);
    const silent = bench.steps(40, true);
    assert.equal(silent.status, 'HOLD_STALE');
    assert.match(silent.reason, /joint state is 0\.\d+ s old/);
    assert.ok(isAtRest(silent));
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
    assert.ok(!isAtRest(braking), 'it brakes within its limits');
    const stopped = bench.steps(20);
    assert.ok(isAtRest(stopped));
    const resting = chain.forward(stopped.command!.positions);
    assertClose(stopped.targetBaseFromEe!.position, resting.position, 1e-9);
    assert.match(JSON.stringify(bench.offer([FORWARD])), /stopped: operator/);
    bench.controller.reset();
    bench.controller.newEpoch(before + 9);
    assert.equal(bench.steps(20).status, 'STOPPED');
    assertClose(bench.joints, stopped.command!.positions, 1e-12);
    const stale = bench.chunk([FORWARD]);
    bench.controller.resume();
    assert.equal(bench.controller.offerChunk(stale, 2).accepted, false, 'made before the resume');
    assert.equal(bench.step().status, 'HOLD_STARVED');
    bench.offer([FORWARD]);
    assert.equal(bench.step().status, 'RUNNING');
    bench.assertSmooth();
  });

  it('begins anew where the arm is, after it was moved during a stop', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.controller.stop('operator');
    bench.steps(3);
    bench.controller.resume();
    bench.joints[0]! += 0.5;
    const moved = [...bench.joints];
    assertClose(bench.step().command!.positions, moved, 1e-12);
  });

  it('begins anew after a reset, with the next joint state', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD]);
    bench.steps(25);
    bench.controller.reset();
    assert.equal(bench.step(true).command, undefined);
    bench.joints = [...widowx.homeJoints];
    const output = bench.step();
    assert.deepEqual([output.status, output.tick, output.leftover], ['HOLD_STARVED', 3, 0]);
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
      bench.steps(10);
      bench.offer([FORWARD]);
      assert.equal(bench.step().status, 'RUNNING', `after a jump of ${jumpNs}`);
      bench.assertSmooth();
    }
  });

  it('begins anew where the arm is, after joint states stayed away and it was moved', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD, FORWARD]);
    bench.steps(5);
    bench.steps(20, true);
    const { epoch } = bench.controller;
    bench.joints[0]! += 0.5;
    const moved = [...bench.joints];
    const output = bench.step();
    assertClose(output.command!.positions, moved, 1e-12);
    assert.deepEqual([output.status, output.leftover], ['HOLD_STARVED', 0]);
    assert.ok(output.epoch > epoch);
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

  describe('with an arm that has to follow', () => {
    const following = { toleranceRad: [0.1], delaySec: 0.1, timeSec: 0.1 };
    const moving = (): ControllerBench => {
      const bench = new ControllerBench({ following });
      bench.step();
      bench.offer(Array.from({ length: 16 }, () => FORWARD));
      assert.equal(bench.steps(30).status, 'RUNNING');
      return bench;
    };
    /** Steps in which the arm does not do what it is told; until the controller notices. */
    const stuck = (bench: ControllerBench): ControllerOutput => {
      const joints = [...bench.joints];
      for (let k = 0; k < 100; k++) {
        const output = bench.step();
        bench.joints = [...joints];
        if (output.status === 'FAULT') return output;
      }
      throw new Error('not noticed');
    };

    it('is content while the arm follows', () => {
      const bench = moving();
      bench.steps(200);
      bench.assertSmooth();
    });

    it('faults when the arm does not, stays so until resumed, and goes on from where it is', () => {
      const bench = moving();
      const joints = [...bench.joints];
      assert.match(stuck(bench).reason, /^following error: \w+ is 0\.\d+ rad from its command/);
      bench.assertSmooth();
      for (let k = 0; k < 20; k++) {
        assert.equal(bench.step().status, 'FAULT');
        bench.joints = [...joints];
      }
      assertClose(bench.step().command!.positions, joints, 1e-9);
      assert.match(JSON.stringify(bench.offer([FORWARD])), /following error/);
      assert.equal(bench.steps(100).status, 'FAULT', 'also when it follows again');
      bench.controller.resume();
      assert.equal(bench.step().status, 'HOLD_STARVED');
      bench.offer([FORWARD]);
      assert.equal(bench.step().status, 'RUNNING');
    });

    it('does not mind what happens during a stop, or while joint states stay away', () => {
      const bench = moving();
      bench.controller.stop('operator');
      bench.steps(20);
      for (let k = 0; k < 50; k++) {
        bench.step();
        bench.joints[0] = 0.9;
      }
      assert.equal(bench.step().status, 'STOPPED');
      bench.controller.resume();
      assert.equal(bench.steps(50).status, 'HOLD_STARVED');
      bench.steps(20, true);
      bench.joints[0]! -= 0.9;
      assert.equal(bench.steps(50).status, 'HOLD_STARVED');
    });

    it('faults while the driver reports one, and follows the arm meanwhile', () => {
      const bench = moving();
      bench.controller.driverFault('torque is off');
      assert.deepEqual([bench.step().status, bench.step().reason], ['FAULT', 'torque is off']);
      bench.steps(20);
      bench.joints[1]! += 0.3; // it sinks
      const sunk = [...bench.joints];
      assertClose(bench.step().command!.positions, sunk, 1e-9);
      bench.controller.resume();
      assert.equal(bench.step().status, 'FAULT', 'the driver still says so');
      bench.controller.driverFault(undefined);
      assert.equal(bench.step().status, 'FAULT', 'nobody has resumed');
      bench.controller.resume();
      assert.equal(bench.step().status, 'HOLD_STARVED');
      bench.joints = [...sunk];
    });
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

  it('goes the same way at reduced speed, in more time', () => {
    const rows: Row[] = [
      [0.03, 0, -0.02, 0, 0, 0.1, 1],
      [0, 0.04, 0, 0, 0, 0.3, 0],
      [0, -0.02, 0.03, 0, 0, -0.3, 1],
    ];
    const waysAt = (scale: number): number[][] => {
      const bench = new ControllerBench();
      bench.controller.setSpeedScale(scale);
      bench.step();
      bench.offer(rows);
      return rows.map((_, tick) => {
        const output = bench.steps(Math.round(PERIODS_A_TICK / scale));
        assert.equal(output.tick, tick + 1);
        assert.equal(output.speedScale, scale);
        assert.deepEqual(output.limitsActive, []);
        return [...output.command!.positions];
      });
    };
    const full = waysAt(1);
    for (const scale of [0.5, 0.1, SLOWEST]) {
      waysAt(scale).forEach((reached, k) => assertClose(reached, full[k]!, 1e-6, `at ${scale}`));
    }
    assert.throws(() => new ControllerBench().controller.setSpeedScale(0.01), /expected 0.05 to 1/);
    assert.throws(() => new ControllerBench().controller.setSpeedScale(NaN), /found NaN/);
  });

  it('changes its speed in the middle of a tick, and keeps to it', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([FORWARD, FORWARD, FORWARD]);
    bench.steps(5);
    bench.controller.setSpeedScale(0.2);
    let periods = 1;
    while (bench.step().tick === 1) periods += 1;
    assert.ok(Math.abs(periods - 5 / 0.2) <= 5, `${periods} periods`);
    for (let k = 0; k < 90; k++) {
      const { command } = bench.step();
      const fastest = Math.max(...command!.velocities.map((v) => Math.abs(v)));
      assert.ok(fastest <= 0.2 * 3.14 + 1e-9, `${fastest}`);
    }
    bench.assertSmooth();
  });

  it('stops in front of the table, says so, and comes up again', () => {
    const bench = new ControllerBench();
    bench.step();
    // the gripper turns on its side, and down it goes
    bench.offer([
      ...Array<Row>(3).fill([0, 0, 0, 0.3, 0, 0, 1]),
      ...Array<Row>(6).fill([0, 0, -0.03, 0, 0, 0, 1]),
    ]);
    const met = new Set<string>();
    for (let tick = 0; tick < 9; tick++)
      for (const name of bench.tick().limitsActive) met.add(name);
    assert.ok(met.has('table_collision'), [...met].join());
    const low = bench.tick();
    bench.offer([[0, 0, 0.03, 0, 0, 0, 1]]);
    const up = bench.tick();
    assert.ok(up.targetBaseFromEe!.position[2] > low.targetBaseFromEe!.position[2] + 0.02);
    bench.assertSmooth();
  });

  it('leaves a pose that touches itself, but goes no deeper', () => {
    const sleep = [0, -1.8, 1.55, 0, 0.8, 0];
    const check = new CommandCheck(widowx, widowxUrdf, 0.02);
    const moved = (row: Row): number => {
      const bench = new ControllerBench();
      bench.joints = [...sleep];
      check.allowReanchor();
      check.measured({
        stampNs: 0n,
        names: widowx.armJoints,
        positions: Float64Array.from(sleep),
        velocities: new Float64Array(6),
      });
      check.output(bench.step());
      bench.offer(Array<Row>(6).fill(row));
      for (let k = 0; k < 60; k++) check.output(bench.step());
      return Math.max(...bench.joints.map((q, i) => Math.abs(q - sleep[i]!)));
    };
    assert.ok(moved([0, 0, 0.03, 0, 0, 0, 1]) > 0.1, 'out of it');
    assert.ok(moved([0, 0, -0.03, 0, 0, 0, 1]) < 0.05, 'into it');
    assert.deepEqual(check.violations, []);
  });

  it('slows down towards a singularity, stops there, and goes back', () => {
    const bench = new ControllerBench();
    bench.step();
    // the wrist straightens: its outer axes would line up
    const lift: Row = [0, 0, 0, 0, -0.1, 0, 1];
    const turns: number[] = [];
    let before = chain.forward(bench.joints).orientation;
    let reason = '';
    for (let tick = 0; tick < 25; tick++) {
      bench.offer([lift]);
      const output = bench.tick();
      const { orientation } = chain.forward(output.command!.positions);
      turns.push(quatAngleBetween(before, orientation));
      before = orientation;
      reason = output.reason;
    }
    assertClose([turns[0]!], [0.1], 1e-3);
    assert.ok(
      turns.some((turn) => turn > 0.01 && turn < 0.09),
      turns.join(),
    );
    assertClose([turns.at(-1)!], [0], 1e-3);
    assert.match(reason, /singularity/);
    assert.ok(bench.joints[4]! > 0.03, `wrist at ${bench.joints[4]}`);
    bench.offer([[0, 0, 0, 0, 0.1, 0, 1]]);
    assert.deepEqual(bench.tick().limitsActive, []);
    bench.assertSmooth();
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
