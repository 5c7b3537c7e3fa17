import assert from 'node:assert/strict';
import { widowx } from '../../core/embodiment/widowx.ts';
import type { ManagedNode } from '../../nodes/shared/node/ManagedNode.ts';
import { commandTopics } from '../../core/config/commandTopics.ts';
import { ArmInput } from '../../nodes/simulator/ArmInput.ts';
import { assertClose } from '../core/arm.ts';

type Callback = (message: unknown) => void;

const UPDATE_SEC = 0.004;
const HOME = widowx.homeJoints;
const { trajectory, forward } = commandTopics;

function setUp() {
  const callbacks = new Map<string, Callback>();
  const node = {
    listenRaw: (_type: string, topic: string, _qos: unknown, callback: Callback) =>
      callbacks.set(topic, callback),
  };
  let nowNs = 1_000_000_000n;
  const input = new ArmInput(node as unknown as ManagedNode, widowx, UPDATE_SEC, () => nowNs);
  const names = widowx.armJoints.toReversed();
  /** The waist is to be there, each 20 ms after the one before; the others are at home. */
  const send = (...waists: number[]) =>
    callbacks.get(trajectory.arm)!({
      header: { stamp: { sec: 0, nanosec: 0 }, frame_id: '' },
      joint_names: names,
      points: waists.map((waist, i) => ({
        positions: [...HOME.slice(1).toReversed(), waist],
        velocities: [],
        time_from_start: { sec: 0, nanosec: (i + 1) * 20_000_000 },
      })),
    });
  const sendPositions = (topic: string, data: number[]) => callbacks.get(topic)!({ data });
  /** After so many updates, the first of them at once. */
  const update = (count = 1) => {
    let command = input.update(nowNs);
    for (let i = 1; i < count; i++) command = input.update((nowNs += 4_000_000n));
    nowNs += 4_000_000n;
    return command;
  };
  return { input, send, sendPositions, update };
}

describe('ArmInput', () => {
  it('follows the way between the points of a trajectory', () => {
    const { send, update } = setUp();
    assert.equal(update(), undefined);
    send(0.1, 0.2);
    const seen = [update(), update(4), update(5), update(10)].map((told) => told!.positions[0]!);
    // it has held the arm until then, see below
    const first = HOME[0]! + ((0.1 - HOME[0]!) * 8) / 24;
    assertClose(seen, [first, 0.1, 0.2, 0.2], 1e-12);
  });

  it('leads from its last command to a new trajectory, which begins an update early', () => {
    const { send, update } = setUp();
    send(0.1);
    update(5);
    send(0.5);
    // of the 24 ms from the last update to the first point 8 ms have passed, and not 4
    assertClose([update()!.positions[0]!], [0.1 + (0.4 * 8) / 24], 1e-12);
  });

  it('takes positions at once, and trajectories from there', () => {
    const { send, sendPositions, update } = setUp();
    sendPositions(forward.arm, [0.4, ...HOME.slice(1)]);
    sendPositions(forward.gripper, [0.02]);
    const { positions, gripperJointPosition } = update()!;
    assert.deepEqual([positions[0], gripperJointPosition], [0.4, 0.02]);
    send(0.4, 0.5);
    assertClose([update()!.positions[0]!], [0.4], 1e-12);
  });

  it('forgets what it follows at a reset, and waits for a command near home', () => {
    const { input, send, sendPositions, update } = setUp();
    send(0.1, 0.2);
    update();
    input.reset();
    assert.equal(update(), undefined);
    send(0.3);
    sendPositions(forward.gripper, [0.02]);
    sendPositions(forward.arm, [0.3, ...HOME.slice(1)]);
    assert.equal(update(), undefined);
    assert.equal(input.counts.waiting, true);
    send(HOME[0]!);
    assertClose(update(6)!.positions, HOME, 1e-12);
    assert.equal(input.counts.waiting, false);
  });

  it('counts what it refuses, and says why', () => {
    const { input, send, sendPositions, update } = setUp();
    send();
    sendPositions(forward.arm, [0, 0]);
    sendPositions(forward.gripper, [NaN]);
    const { received, refused, lastRefusal } = input.counts;
    assert.deepEqual([received, refused], [3, 3]);
    assert.match(lastRefusal, /^gripper_position_controller\/commands: .* not finite$/);
    assert.equal(update(), undefined);
  });
});
