import assert from 'node:assert/strict';
import { CommandCheck } from '../../../core/control/CommandCheck.ts';
import { MIN_SPEED_SCALE } from '../../../core/control/speedScale.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { quatAngleBetween } from '../../../core/math/quat.ts';
import { assertClose, widowxChain, widowxUrdf } from '../arm.ts';
import { ControllerBench, PERIODS_A_TICK } from './ControllerBench.ts';
import type { Row } from './ControllerBench.ts';

const chain = widowxChain();
const FORWARD: Row = [0.03, 0, 0, 0, 0, 0, 1];

describe('Controller at its limits', () => {
  it('reports the limits that it met', () => {
    const bench = new ControllerBench();
    bench.step();
    bench.offer([[0, 0, -0.5, 0, 0, 2, 1]]);
    const output = bench.step();
    assert.equal(output.status, 'LIMITED');
    assert.deepEqual(output.limitsActive.slice(0, 2), ['workspace', 'step_size']);
    assert.equal(output.reason, output.limitsActive.join(', '));
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
    for (const scale of [0.5, 0.1, MIN_SPEED_SCALE]) {
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
    const moved = (row: Row): number => {
      const bench = new ControllerBench();
      bench.joints = [...sleep];
      const check = new CommandCheck(widowx, widowxUrdf, 0.02);
      const judged = (): void => {
        check.arm([...bench.joints, bench.finger]);
        check.output(bench.step());
      };
      judged();
      bench.offer(Array<Row>(6).fill(row));
      for (let k = 0; k < 60; k++) judged();
      assert.deepEqual(check.violations, []);
      return Math.max(...bench.joints.map((q, i) => Math.abs(q - sleep[i]!)));
    };
    assert.ok(moved([0, 0, 0.03, 0, 0, 0, 1]) > 0.1, 'out of it');
    assert.ok(moved([0, 0, -0.03, 0, 0, 0, 1]) < 0.05, 'into it');
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
});
