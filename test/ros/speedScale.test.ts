import assert from 'node:assert/strict';
import type { Json, Peer } from './Peer.ts';
import { newestPoint } from './newestPoint.ts';
import { RosSession } from './RosSession.ts';
import { ARM_JOINTS, controllerArguments, forwardChunk, HOME } from './widowx.ts';

const [RUNNING, HOLD_STARVED] = [0, 2];
const TICK_SEC = 0.2;
const STATES = '/execution_state';
const COMMANDS = '/arm_controller/joint_trajectory';

describe('speed_scale of a running controller', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    session.startNode('controller', controllerArguments);
    peer = await session.startPeer();
    await peer.watch(STATES, 'st4vla_ros/msg/ExecutionState');
    await peer.watch(COMMANDS, 'trajectory_msgs/msg/JointTrajectory');
    await peer.drive([...ARM_JOINTS, 'left_finger'], [...HOME, 0.037], 50);
  });
  after(() => session.close());

  const setScale = async (value: number): Promise<Json> => {
    const { results } = await peer.call(
      '/controller/set_parameters',
      'rcl_interfaces/srv/SetParameters',
      { parameters: [{ name: 'speed_scale', value: { type: 3, double_value: value } }] },
    );
    return results[0];
  };

  /** How long whole ticks of a chunk take (s), and how fast the fastest joint moves (rad/s). */
  const motionAt = async (scale: number): Promise<{ tickSec: number; speed: number }> => {
    assert.deepEqual(await setScale(scale), { successful: true, reason: '' });
    await session.until('the scale', () => peer.last(STATES)?.speed_scale === Math.fround(scale));
    await session.until('readiness', () => peer.last(STATES)?.status === HOLD_STARVED);
    const { epoch } = peer.last(STATES);
    peer.forget(STATES);
    peer.forget(COMMANDS);
    const chunk = forwardChunk(epoch, {
      horizon: 4,
      actions: forwardChunk(epoch).actions.slice(0, 28),
    });
    await peer.publish('/action_chunk', 'st4vla_ros/msg/ActionChunk', chunk);
    await session.until('motion', () => peer.last(STATES)?.status === RUNNING);
    await session.until('its end', () => peer.last(STATES)?.status !== RUNNING);
    const running = peer
      .messages(STATES)
      .map(({ message }) => message)
      .filter(({ status }) => status === RUNNING);
    const [begin, end] = [running[0], running.at(-1)];
    const at = ({ header: { stamp } }: Json): number => stamp.sec + stamp.nanosec / 1e9;
    const velocities = peer
      .messages(COMMANDS)
      .flatMap(({ message }) => newestPoint(message).velocities as number[]);
    return {
      tickSec: (at(end) - at(begin)) / (end.ticks_consumed - begin.ticks_consumed + 1),
      speed: Math.max(...velocities.map(Math.abs)),
    };
  };

  it('slows down and recovers, at the same path', async () => {
    const [full, slow, again] = [await motionAt(1), await motionAt(0.25), await motionAt(1)];
    // Four ticks, of which the last state is seen up to a period early.
    assert.ok(Math.abs(full.tickSec - TICK_SEC) < 0.04, `${full.tickSec} s`);
    assert.ok(Math.abs(slow.tickSec - 4 * TICK_SEC) < 0.08, `${slow.tickSec} s`);
    assert.ok(Math.abs(again.tickSec - TICK_SEC) < 0.04, `${again.tickSec} s`);
    assert.ok(slow.speed < 0.3 * full.speed, `${slow.speed} of ${full.speed} rad/s`);
    assert.ok(slow.speed > 0.2 * full.speed, `${slow.speed} of ${full.speed} rad/s`);
  });

  it('is refused out of its bounds, and stays what it was', async () => {
    for (const value of [0, 0.04, 1.5]) {
      const { successful, reason } = await setScale(value);
      assert.equal(successful, false);
      assert.match(reason, /speed_scale: expected a double from 0\.05 to 1.*, found/u);
    }
    assert.equal(peer.last(STATES).speed_scale, 1);
  });
});
