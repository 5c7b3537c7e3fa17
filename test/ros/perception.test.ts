import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Json, type Peer } from './Peer.ts';
import { RosSession, root } from './RosSession.ts';

const IMAGE = 'sensor_msgs/msg/Image';
const JOINTS = [
  'waist',
  'shoulder',
  'elbow',
  'forearm_roll',
  'wrist_angle',
  'wrist_rotate',
  'left_finger',
  'right_finger',
];
const HOME = [-0.018, 0.04, 0.222, -0.005, 1.365, 0.002, 0.037, -0.037];

describe('perception over ROS', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = new RosSession();
    peer = await session.startPeer();
    await peer.watch('/observation', 'st4vla_ros/msg/Observation', 'sensor');
    session.startNode('perception', [
      '-p',
      'robot:=widowx',
      '-p',
      `model:=${join(root, 'test/fixtures/tiny-model')}`,
      '-p',
      'cameras.names:=[front]',
      '-p',
      'cameras.topics:=[camera/front/image_raw]',
      '-p',
      'cameras.transports:=[raw]',
    ]);
    await session.until('subscriptions', async () => (await peer.subscribers('/joint_states')) > 0);
  });
  after(() => session.close());

  it('x', async () => {
    await peer.stream(
      '/joint_states',
      'sensor_msgs/msg/JointState',
      { name: JOINTS, position: HOME },
      100,
      'sensor',
    );
    await peer.stream(
      '/camera/front/image_raw',
      IMAGE,
      {
        width: 640,
        height: 480,
        encoding: 'rgb8',
        step: 1920,
        data: { fill: 100, length: 921600 },
      },
      30,
      'sensor',
    );
    await session.until('obs', () => peer.messages('/observation').length > 20);
    const o = peer.last('/observation') as Json;
    console.log(JSON.stringify(o).slice(0, 1500));
    assert.ok(o);
  });
});
