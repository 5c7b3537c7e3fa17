import assert from 'node:assert/strict';
import { widowx } from '../../core/embodiment/widowx.ts';
import type { ManagedNode } from '../../nodes/shared/ManagedNode.ts';
import { commandTopics } from '../../nodes/shared/commandTopics.ts';
import { ArmInput } from '../../nodes/simulator/ArmInput.ts';

type Callback = (message: unknown) => void;

/** What a trajectory of such positions of the waist does, each 20 ms after the one before. */
function setUp() {
  const callbacks = new Map<string, Callback>();
  const node = {
    listenRaw: (_type: string, topic: string, _qos: unknown, callback: Callback) =>
      callbacks.set(topic, callback),
  };
  const input = new ArmInput(node as unknown as ManagedNode, widowx);
  const names = widowx.armJoints.toReversed();
  const send = (...waists: number[]) =>
    callbacks.get(commandTopics.trajectory.arm)!({
      joint_names: names,
      points: waists.map((waist, i) => ({
        positions: names.map((name) => (name === 'waist' ? waist : 0)),
        time_from_start: { sec: 0, nanosec: (i + 1) * 20_000_000 },
      })),
    });
  const waist = () => input.command!.positions[0];
  return { input, send, waist };
}

describe('ArmInput', () => {
  it('takes the first point at once and the others at their times', () => {
    const { input, send, waist } = setUp();
    assert.equal(input.command, undefined);
    send(0.1, 0.2, 0.3);
    const seen = [waist()];
    for (let i = 0; i < 3; i++) {
      input.advance(0.02);
      seen.push(waist());
    }
    assert.deepEqual(seen, [0.1, 0.2, 0.3, 0.3]);
  });

  it('forgets what is left of a trajectory when another one or a reset comes', () => {
    const { input, send, waist } = setUp();
    send(0.1, 0.2);
    send(0.5);
    input.advance(0.02);
    assert.equal(waist(), 0.5);
    send(0.1, 0.2);
    input.reset();
    input.advance(0.02);
    assert.equal(input.command, undefined);
  });
});
