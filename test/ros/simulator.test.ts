import assert from 'node:assert/strict';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { ARM_JOINTS, HOME, simulatorArguments } from './widowx.ts';

const RESET = 'st4vla_ros/srv/ResetEpisode';

describe('simulator, with an rclpy controller', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    session.startNode('simulator', simulatorArguments);
    peer = await session.startPeer();
    await peer.watch('/joint_states', 'sensor_msgs/msg/JointState');
    await peer.watch('/episode_state', 'st4vla_ros/msg/EpisodeState', 'latched');
    await peer.watch('/camera/front/image_raw', 'sensor_msgs/msg/Image', 'sensor', [
      'width',
      'height',
      'encoding',
      'step',
    ]);
    await peer.watch('/camera/front/camera_info', 'sensor_msgs/msg/CameraInfo', 'sensor');
    await peer.watchDiagnostics();
    await session.until('joint states', () => peer.messages('/joint_states').length > 5);
  });
  after(() => session.close());

  const waist = (): number => {
    const { name, position } = peer.last('/joint_states');
    return position[name.indexOf('waist')];
  };
  const command = (position: readonly number[]): Promise<void> =>
    peer.stream(
      '/forward_position_controller/commands',
      'std_msgs/msg/Float64MultiArray',
      { data: position },
      50,
      'reliable',
    );
  const turned = (angle: number): number[] => [angle, ...HOME.slice(1)];

  it('shows the world through a calibrated camera', async () => {
    const image = await session.until('images', () => peer.last('/camera/front/image_raw'));
    assert.deepEqual(image, { width: 640, height: 480, encoding: 'rgb8', step: 1920 });
    const info = await session.until('camera info', () => peer.last('/camera/front/camera_info'));
    assert.deepEqual(info.k, [623.588, 0, 319.5, 0, 623.588, 239.5, 0, 0, 1]);
    assert.match(info.header.frame_id, /^camera_front_optical/);
    assert.deepEqual(peer.last('/joint_states').name.slice(0, 6), ARM_JOINTS);
  });

  it('starts an episode by service and tells its state', async () => {
    const answer = await peer.call('/reset_episode', RESET, {
      task: 'widowx_stack_cube',
      seed: 1000007,
    });
    const instruction = 'stack the green block on the yellow block';
    assert.deepEqual(answer, { success: true, message: '', instruction });
    await session.until('the reset', () => peer.last('/episode_state')?.seed === 1000007);
    assert.equal(peer.last('/episode_state').tick, 0, 'time waits for the instruction');
    await peer.publish('/instruction', 'std_msgs/msg/String', { data: instruction });
    const episode = await session.until('the episode', () => {
      const last = peer.last('/episode_state');
      return last?.seed === 1000007 && last.tick >= 2 && (last as Json);
    });
    assert.deepEqual(
      [episode.task, episode.max_ticks, episode.success, episode.finished],
      ['widowx_stack_cube', 60, false, false],
    );
  });

  it('refuses a task that does not exist', async () => {
    const answer = await peer.call('/reset_episode', RESET, { task: 'open_drawer', seed: 1 });
    assert.equal(answer.success, false);
    assert.match(answer.message, /no task 'open_drawer', expected one of widowx_spoon_on_towel/);
  });

  it('follows commands, but after a reset none that is far from the arm', async () => {
    await command(turned(0.05));
    await session.until('motion', () => waist() > 0.04);
    await command(turned(0.5));
    await session.until('more motion', () => waist() > 0.4);
    await peer.call('/reset_episode', RESET, { task: 'widowx_stack_cube', seed: 1000008 });
    await session.until('the warning', () =>
      /reset the controller, too/.test(peer.diagnostic('/simulator: commands').message),
    );
    await session.until('the way home', () => Math.abs(waist() - HOME[0]!) < 0.02);
    await command(turned(0.05));
    await session.until('motion again', () => waist() > 0.04);
  });
});
