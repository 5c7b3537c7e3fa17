import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JointCommand } from '../../core/control/ControllerOutput.ts';
import { RobotSink } from '../../nodes/controller/sinks/RobotSink.ts';

const PERIOD_SEC = 0.005;

/** Commands that differ by their gripper's opening. */
const braking = Array.from({ length: 5 }, (_, i) => ({ gripperOpening: i })) as JointCommand[];

describe('RobotSink', () => {
  it('sends all commands that bring the arm to rest, and is not ready before', async () => {
    const sent: number[] = [];
    const part = { send: ({ gripperOpening }: JointCommand) => void sent.push(gripperOpening) };
    const sink = new RobotSink([part], PERIOD_SEC);
    assert.equal(sink.notReady(), undefined);
    sink.comeToRest(braking);
    while (sink.isBraking) {
      assert.match(sink.notReady()!, /coming to rest/);
      await sleep(1);
    }
    assert.deepEqual(sent, [0, 1, 2, 3, 4]);
    assert.equal(sink.notReady(), undefined);
    await sink.restore();
  });
});
