import assert from 'node:assert/strict';
import { googleRobot } from '../../../core/embodiment/googleRobot.ts';
import { vec3Distance, vec3Sub } from '../../../core/math/vec3.ts';
import { assertClose, chainOf } from '../arm.ts';
import { ControllerBench } from './ControllerBench.ts';
import type { Row } from './ControllerBench.ts';

const chain = chainOf(googleRobot);
const ASIDE: Row = [0, 0.01, 0.01, 0, 0, 0, 1];
const STILL: Row = [0, 0, 0, 0, 0, 0, 1];
/** Three ticks take a second. */
const PERIODS_OF_THREE_TICKS = 50;

describe('Controller of Google Robot', () => {
  const newBench = () => new ControllerBench({ embodiment: googleRobot });

  it('executes three actions a second, though a tick is no whole number of periods', () => {
    const bench = newBench();
    bench.step();
    bench.offer(Array.from({ length: 12 }, () => STILL));
    for (const ticks of [3, 6, 9, 12]) {
      assert.equal(bench.steps(PERIODS_OF_THREE_TICKS).tick, ticks);
    }
    assert.equal(bench.step().status, 'HOLD_STARVED');
  });

  it('adds deltas to where the arm is measured to be at the tick', () => {
    const bench = newBench();
    bench.step();
    bench.offer([ASIDE, ASIDE]);
    bench.steps(PERIODS_OF_THREE_TICKS / 3);
    bench.joints = bench.joints.map((q, i) => q + (i === 0 ? 0.02 : 0));
    const pushed = chain.forward(bench.joints).position;
    const { targetBaseFromEe } = bench.step();
    assertClose(vec3Sub(targetBaseFromEe!.position, pushed), [0, 0.01, 0.01], 1e-6);
  });

  it('does not make up for a delta that the arm missed', () => {
    const bench = newBench();
    bench.step();
    const start = bench.joints;
    const before = chain.forward(start).position;
    bench.offer([ASIDE, ASIDE, ASIDE]);
    for (let period = 0; period < PERIODS_OF_THREE_TICKS; period++) {
      const { targetBaseFromEe } = bench.step();
      assertClose(vec3Sub(targetBaseFromEe!.position, before), [0, 0.01, 0.01], 1e-6);
      bench.joints = start; // something holds the arm
    }
  });

  it('keeps velocity and acceleration limits, and comes to rest at the last target', () => {
    const bench = newBench();
    bench.step();
    const start = chain.forward(bench.joints).position;
    bench.offer([ASIDE, ASIDE, ASIDE, STILL, STILL]);
    bench.steps(2 * PERIODS_OF_THREE_TICKS);
    bench.assertSmooth();
    for (const { velocities } of bench.trace) {
      velocities.forEach((v, i) => assert.ok(Math.abs(v) <= googleRobot.limits.velocity[i]!));
    }
    const { command, targetBaseFromEe } = bench.step();
    const reached = chain.forward(command!.positions).position;
    assert.ok(vec3Distance(reached, targetBaseFromEe!.position) < 1e-4);
    assert.ok(Math.abs(reached[1] - start[1] - 0.03) < 0.01, `${reached[1] - start[1]} m`);
  });

  it('takes four ticks to close the gripper', () => {
    const bench = newBench();
    bench.step();
    bench.offer(Array.from({ length: 6 }, () => STILL.with(6, 0) as unknown as Row));
    assert.ok(bench.steps(PERIODS_OF_THREE_TICKS).command!.gripperOpening > 0.2);
    assert.equal(bench.steps(PERIODS_OF_THREE_TICKS).command!.gripperOpening, 0);
  });
});
