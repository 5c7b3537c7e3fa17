import assert from 'node:assert/strict';
import { join } from 'node:path';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import type { Json, Peer } from './Peer.ts';
import { RosSession, root } from './RosSession.ts';
import { forwardChunk, given } from './widowx.ts';

const configFile = join(root, 'config', 'google_robot.yaml');
const RESET = 'st4vla_ros/srv/ResetEpisode';

describe('Google Robot, simulator and controller with their config file', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    const configured = ['--params-file', configFile, ...given('diagnostics_period:=0.2')];
    session.startNode('simulator', configured);
    session.startNode('controller', [...configured, ...given('stale_after:=1.0')]);
    peer = await session.startPeer();
    await peer.watch('/joint_states', 'sensor_msgs/msg/JointState');
    await peer.watch('/execution_state', 'st4vla_ros/msg/ExecutionState');
    await peer.watch('/episode_state', 'st4vla_ros/msg/EpisodeState', 'latched');
    await peer.watch('/camera/head/image_raw', 'sensor_msgs/msg/Image', 'sensor', [
      'width',
      'height',
      'encoding',
    ]);
    await peer.watch('/camera/head/camera_info', 'sensor_msgs/msg/CameraInfo', 'sensor');
    await session.until('joint states', () => peer.messages('/joint_states').length > 5);
  });
  after(() => session.close());

  it('sees through the head camera, and tells of all joints', async () => {
    const image = await session.until('images', () => peer.last('/camera/head/image_raw'));
    assert.deepEqual(image, { width: 640, height: 512, encoding: 'rgb8' });
    const info = await session.until('camera info', () => peer.last('/camera/head/camera_info'));
    assert.deepEqual(info.k, [425, 0, 320, 0, 425, 256, 0, 0, 1]);
    const { armJoints, fingerJoints, heldJoints } = googleRobot;
    const names = [...armJoints, ...fingerJoints, ...Object.keys(heldJoints)];
    assert.deepEqual(peer.last('/joint_states').name, names);
  });

  it('has the tasks of its arm, and no others', async () => {
    const task = 'google_robot_pick_standing_coke_can';
    const answer = await peer.call('/reset_episode', RESET, { task, seed: 1000003 });
    assert.deepEqual(answer, { success: true, message: '', instruction: 'pick coke can' });
    const episode = await session.until('the episode', () => {
      const last = peer.last('/episode_state');
      return last?.seed === 1000003 && (last as Json);
    });
    assert.deepEqual([episode.task, episode.max_ticks, episode.success], [task, 80, false]);
    const other = await peer.call('/reset_episode', RESET, { task: 'widowx_stack_cube', seed: 1 });
    assert.match(other.message, /no task 'widowx_stack_cube', expected one of google_robot_pick/);
  });

  it('executes a chunk of its tick, and refuses one of another arm', async () => {
    const { message } = await peer.call('/controller/reset', 'std_srvs/srv/Trigger');
    const epoch = Number(/epoch (\d+)/.exec(message)?.[1]);
    // The states of before the reset may still be on their way.
    await session.until('a state', () => {
      const last = peer.last('/execution_state');
      return last?.epoch === epoch && last.reason.includes('no action');
    });
    const x = (): number => peer.last('/execution_state').measured_base_from_ee.position.x;
    const before = x();
    const topic = ['/action_chunk', 'st4vla_ros/msg/ActionChunk'] as const;
    await peer.publish(...topic, forwardChunk(epoch));
    // again and again, since the first ones may come before the controller is found
    await peer.stream(
      ...topic,
      forwardChunk(epoch, { control_period: googleRobot.tickSec }),
      3,
      'reliable',
    );
    await session.until('ticks', () => peer.last('/execution_state').ticks_consumed >= 6);
    await session.until('motion', () => x() > before + 0.01);
  });
});
