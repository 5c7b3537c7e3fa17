import assert from 'node:assert/strict';
import type { ControllerOutput } from '../../../core/control/ControllerOutput.ts';
import { assertClose } from '../arm.ts';
import { ControllerBench } from './ControllerBench.ts';
import type { Row } from './ControllerBench.ts';

const FORWARD: Row = [0.03, 0, 0, 0, 0, 0, 1];

describe('Controller', () => {
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
      for (let k = 0; k < 60; k++) {
        assert.equal(bench.step().status, 'FAULT');
        bench.joints = [...joints];
      }
      assertClose(bench.trace.at(-1)!.positions, joints, 1e-9);
      assert.equal(bench.step().command, undefined, 'nothing pushes any more');
      const relieved = bench.trace.length;
      assert.match(JSON.stringify(bench.offer([FORWARD])), /following error/);
      assert.equal(bench.steps(100).status, 'FAULT', 'also when it follows again');
      bench.controller.resume();
      assert.equal(bench.step().status, 'HOLD_STARVED');
      bench.offer([FORWARD]);
      assert.equal(bench.step().status, 'RUNNING');
      bench.trace.splice(0, relieved);
      bench.assertSmooth();
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
      bench.steps(40);
      bench.joints[1]! += 0.3; // it sinks
      const sunk = [...bench.joints];
      assert.equal(bench.steps(40).command, undefined);
      bench.controller.resume();
      assert.equal(bench.step().status, 'FAULT', 'the driver still says so');
      bench.controller.driverFault(undefined);
      assert.equal(bench.step().status, 'FAULT', 'nobody has resumed');
      bench.controller.resume();
      const resumed = bench.step();
      assert.equal(resumed.status, 'HOLD_STARVED');
      assertClose(resumed.command!.positions, sunk, 1e-9);
    });
  });
});
